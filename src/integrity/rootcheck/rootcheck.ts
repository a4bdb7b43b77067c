import type { RootcheckSwitch } from "../../config/rootcheck-settings.ts";
import { reasonOf } from "../../core/failure.ts";
import type { Finding } from "../../core/finding.ts";
import type { Log } from "../../core/log.ts";
import type { Check, Ground, Sign } from "./check.ts";
import { suspiciousCron } from "./checks/cron.ts";
import { deletedPrograms } from "./checks/deleted-programs.ts";
import { devices } from "./checks/devices.ts";
import { hiddenPorts } from "./checks/hidden-ports.ts";
import { coveredProcesses, hiddenProcesses } from "./checks/hidden-processes.ts";
import { kernelTaint } from "./checks/kernel.ts";
import { kernelHelpers } from "./checks/kernel-helpers.ts";
import { knownRootkitFiles } from "./checks/known-files.ts";
import { preloaded } from "./checks/preloaded.ts";
import { promiscuousInterfaces } from "./checks/promiscuous.ts";
import { kernelAudit } from "./checks/settings/kernel.ts";
import { sshdAudit } from "./checks/settings/sshd.ts";
import { sudoAudit } from "./checks/settings/sudo.ts";
import { systemAudits } from "./checks/system-audits.ts";
import { systemFiles } from "./checks/system-files.ts";
import { trojans } from "./checks/trojans.ts";

/** Every check, by OSSEC's option that switches it off. */
const checks: readonly (readonly [option: RootcheckSwitch, check: Check])[] = [
  ["check_files", knownRootkitFiles],
  ["check_trojans", trojans],
  ["check_pids", hiddenProcesses],
  ["check_pids", coveredProcesses],
  ["check_if", promiscuousInterfaces],
  ["check_sys", preloaded],
  ["check_sys", deletedPrograms],
  ["check_sys", kernelTaint],
  ["check_sys", kernelHelpers],
  ["check_sys", suspiciousCron],
  ["check_sys", systemFiles],
  ["check_dev", devices],
  ["check_ports", hiddenPorts],
  ["check_unixaudit", sshdAudit],
  ["check_unixaudit", sudoAudit],
  ["check_unixaudit", kernelAudit],
  ["check_unixaudit", systemAudits],
];

/** More than these one check does not tell. */
const mostOfOne = 200;
/** In one finding. */
const mostTogether = 40;

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
  before: ReadonlySet<string>,
  log: Log,
): Promise<Run> {
  const standing = new Map<string, Sign>();
  for (const [option, check] of checks) {
    if (ground.settings.off.includes(option)) continue;
    try {
      const signs = await check(ground);
      for (const sign of signs.slice(0, mostOfOne)) standing.set(sign.key, sign);
      const more = signs.length - mostOfOne;
      if (more > 0) log.warn(`${option} found ${more} more than are told`);
    } catch (fault) {
      log.error(`${option} could not look, it will with the next run: ${reasonOf(fault)}`);
    }
  }
  const all = [...standing.values()];
  return { standing: all, fresh: all.filter(({ key }) => !before.has(key)) };
}

/** What is told of them: one finding each, and one for all weak settings. */
export function signFindings(signs: readonly Sign[], at: number): Finding[] {
  const together = signs.filter(({ inOne }) => inOne);
  if (together.length < 2) return signs.map((sign) => signFinding(sign, at));
  const lines = together
    .slice(0, mostTogether)
    .map(({ text }) => ` ${text.replace(/^System Audit: /, "")}`);
  if (together.length > mostTogether) lines.push(` … and ${together.length - mostTogether} more`);
  const text = `System Audit: ${together.length} settings are weaker than they should be.\n${lines.join("\n")}`;
  const alone = signs.filter(({ inOne }) => !inOne);
  return [
    ...alone.map((sign) => signFinding(sign, at)),
    signFinding({ key: "", text, kind: "audit" }, at),
  ];
}

/** As OSSEC's rootcheck tells it: decoder and location "rootcheck". `status` is the kind of the sign. */
function signFinding({ text, kind, file }: Sign, at: number): Finding {
  const fields = { status: kind, ...(file === undefined ? {} : { filename: file }) };
  return { at, decoder: "rootcheck", location: "rootcheck", text, fields };
}
