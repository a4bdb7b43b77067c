import { type Check, type Finding, orOk, unknown, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

/** CAP_NET_ADMIN and CAP_NET_RAW, see capabilities(7). */
const responderMay = 0x3000n;

/** What the processes may do, by what the kernel says of them. */
export const privileges: Check = (machine) => {
  const { daemon } = machine.status;
  const responder = pidOf(machine, "stockade-respond.mjs");
  return orOk(
    [
      ...(daemon ? ofDaemon(machine, daemon.pid) : []),
      ...(responder === undefined ? [] : ofResponder(machine, responder)),
    ],
    "the daemon has no capability, the responder only those of the packet filter",
  );
};

function ofDaemon(machine: Machine, pid: number): Finding[] {
  const { capabilities, user } = privilegesOf(machine, pid);
  if (capabilities === undefined) return [unknown("the daemon's privileges cannot be seen")];
  // Below a scratch root whoever started it is its user.
  if (capabilities === 0n || (user === "0" && machine.context.root !== "/")) return [];
  return [wrong(`the daemon has capabilities (${capabilities.toString(16)})`, restart(machine))];
}

function ofResponder(machine: Machine, pid: number): Finding[] {
  const { capabilities } = privilegesOf(machine, pid);
  if (capabilities === undefined) return [unknown("the responder's privileges cannot be seen")];
  // Without systemd nobody takes the others from it.
  if (!machine.hasSystemd || (capabilities & ~responderMay) === 0n) return [];
  return [
    wrong(`the responder may more than it should (${capabilities.toString(16)})`, restart(machine)),
  ];
}

function restart({ hasSystemd }: Machine): string {
  return hasSystemd
    ? "systemctl cat stockaded stockade-respond shows drop-ins; then: stockade restart"
    : "stockade restart";
}

function privilegesOf({ read }: Machine, pid: number) {
  const status = read(`/proc/${pid}/status`) ?? "";
  const [, hex] = /^CapEff:\s+([\da-f]+)$/m.exec(status) ?? [];
  const [, user] = /^Uid:\s+\d+\s+(\d+)/m.exec(status) ?? [];
  return { capabilities: hex === undefined ? undefined : BigInt(`0x${hex}`), user };
}

function pidOf({ names, read }: Machine, bundle: string): number | undefined {
  const found = names("/proc")
    .filter((name) => /^\d+$/.test(name))
    .find((pid) =>
      read(`/proc/${pid}/cmdline`)
        ?.split("\0")
        .some((word) => word.endsWith(`/${bundle}`)),
    );
  return found === undefined ? undefined : Number(found);
}
