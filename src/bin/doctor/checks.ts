import { reasonOf } from "../../core/failure.ts";
import { capture } from "./checks/capture.ts";
import { clock } from "./checks/clock.ts";
import { disk } from "./checks/disk.ts";
import { drift } from "./checks/drift.ts";
import { identity } from "./checks/identity.ts";
import { mailQueue } from "./checks/mail-queue.ts";
import { memory } from "./checks/memory.ts";
import { packetFilter } from "./checks/packet-filter.ts";
import { privileges } from "./checks/privileges.ts";
import { relay } from "./checks/relay.ts";
import { rotation } from "./checks/rotation.ts";
import { rules } from "./checks/rules.ts";
import { socketsCheck } from "./checks/sockets.ts";
import { sources } from "./checks/sources.ts";
import { status } from "./checks/status.ts";
import { units } from "./checks/units.ts";
import { type Check, type Finding, unknown } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** All that `stockade doctor` looks at, in this order. */
export const checks: Readonly<Record<string, Check>> = {
  status,
  identity,
  units,
  capabilities: privileges,
  sockets: socketsCheck,
  logs: sources,
  capture,
  rules,
  firewall: packetFilter,
  logrotate: rotation,
  mail: mailQueue,
  relay,
  clock,
  disk,
  memory,
  drift,
};

/** A finding, and the name of the check it comes from. */
export type Found = Finding & { readonly check: string };

/** Runs them all at once. One that fails for a reason of our own hides none of the others. */
export async function examine(machine: Machine): Promise<Found[]> {
  const all = Object.entries(checks).map(async ([name, check]) => {
    try {
      const findings = await check(machine);
      return findings.map((finding) => ({ check: name, ...finding }));
    } catch (thrown) {
      return [{ check: name, ...unknown(`the check itself failed: ${reasonOf(thrown)}`) }];
    }
  });
  return (await Promise.all(all)).flat();
}
