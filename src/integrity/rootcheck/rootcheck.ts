import { reasonOf } from "../../core/failure.ts";
import type { Finding } from "../../core/finding.ts";
import type { Log } from "../../core/log.ts";
import type { Check, Ground, Sign } from "./check.ts";
import { deletedPrograms } from "./checks/deleted-programs.ts";
import { devices } from "./checks/devices.ts";
import { hiddenProcesses } from "./checks/hidden-processes.ts";
import { kernelTaint } from "./checks/kernel.ts";
import { preloaded } from "./checks/preloaded.ts";
import { promiscuousInterfaces } from "./checks/promiscuous.ts";

/** Every check, by OSSEC's option that switches it off where there is one. */
const checks: readonly (readonly [option: string, check: Check])[] = [
  ["check_pids", hiddenProcesses],
  ["check_if", promiscuousInterfaces],
  ["check_sys", preloaded],
  ["check_sys", deletedPrograms],
  ["check_sys", kernelTaint],
  ["check_dev", devices],
];

/** What a run found, and what of it was not there in the run before. */
export interface Run {
  readonly standing: readonly Sign[];
  readonly fresh: readonly Sign[];
}

/**
 * Runs the checks that are switched on. `before` are the keys of what the last run found: what stays is told once, and what was
 * gone meanwhile is told again (W33). A check that fails is told in the log, and the others go on.
 */
export async function runChecks(
  ground: Ground,
  isOn: (option: string) => boolean,
  before: ReadonlySet<string>,
  log: Log,
): Promise<Run> {
  const standing = new Map<string, Sign>();
  for (const [option, check] of checks) {
    if (!isOn(option)) continue;
    try {
      for (const sign of await check(ground)) standing.set(sign.key, sign);
    } catch (fault) {
      log.error(`a check for rootkits failed: ${reasonOf(fault)}`);
    }
  }
  const all = [...standing.values()];
  return { standing: all, fresh: all.filter(({ key }) => !before.has(key)) };
}

/** As OSSEC's rootcheck tells it: decoder and location "rootcheck". `status` is the kind of the sign. */
export function signFinding({ text, kind, file }: Sign, at: number): Finding {
  const fields = { status: kind, ...(file === undefined ? {} : { filename: file }) };
  return { at, decoder: "rootcheck", location: "rootcheck", text, fields };
}
