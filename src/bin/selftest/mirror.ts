import { Failure } from "../../core/failure.ts";
import type { Machine } from "../doctor/machine.ts";
import { mustRun } from "./must-run.ts";

/**
 * Lets whoever watches `watched` see what goes through `wire`, in both directions, as if it had come in there (tc-mirred(8)). Nothing
 * is sent by `watched`, and nothing is changed at it; the mirror ends with `wire`. Throws a `Failure` where the kernel cannot.
 */
export async function mirror(machine: Machine, wire: string, watched: string): Promise<void> {
  await refuseWhereItWouldLeak(machine, watched);
  const { run } = machine;
  await mustRun(run, "tc", "qdisc", "add", "dev", wire, "clsact");
  for (const direction of ["ingress", "egress"]) {
    await mustRun(run, "tc", ...filter(wire, direction, watched));
  }
}

function filter(wire: string, direction: string, watched: string): string[] {
  const all = ["protocol", "ip", "u32", "match", "u32", "0", "0"];
  const doing = ["action", "mirred", "ingress", "mirror", "dev", watched];
  return ["filter", "add", "dev", wire, direction, ...all, ...doing];
}

/** A port of a bridge hands on what comes in; with accept_local our own answers would be routed instead of dropped. */
async function refuseWhereItWouldLeak({ run, read }: Machine, watched: string): Promise<void> {
  const link = await mustRun(run, "ip", "-o", "link", "show", "dev", watched);
  const accepts = ["all", watched].some(
    (name) => read(`/proc/sys/net/ipv4/conf/${name}/accept_local`)?.trim() === "1",
  );
  if (/ master /.test(link) || accepts || !/link\/ether/.test(link)) {
    throw new Failure(`${watched} is part of another device, or routes its own packets`, {
      exitCode: 69,
    });
  }
}
