import { existsSync, readdirSync, readFileSync } from "node:fs";
import { execa } from "execa";

/** A program that Stockade stands on. */
interface Program {
  readonly name: string;
  /** Where it is not installed nobody misses it. */
  readonly file: string;
  /** What the kernel calls its process; none where the supervisor sees to it. */
  readonly comms: readonly string[];
  /** Its units: one of them has the process. */
  readonly units: readonly string[];
  readonly start: string;
}

const programs: readonly Program[] = [
  {
    name: "Suricata",
    file: "/usr/bin/suricata",
    comms: ["Suricata-Main", "suricata"],
    units: ["suricata.service"],
    start: "systemctl start suricata",
  },
  {
    name: "Postfix",
    file: "/usr/sbin/postfix",
    comms: ["master"],
    // Debian 12 runs it as an instance.
    units: ["postfix.service", "postfix@-.service"],
    start: "systemctl start postfix",
  },
  {
    name: "the integrity process",
    file: "/usr/lib/stockade/stockade-integrity.mjs",
    comms: [],
    units: ["stockade-integrity.service"],
    start: "systemctl start stockade-integrity",
  },
];

/** Which of the installed programs do not run, by name. Undefined where nobody says. */
export type Missing = () => Promise<readonly string[] | undefined>;

/** By systemd where it runs, since the daemon does not see processes of others there; else by the processes. */
export const missingPrograms: Missing = async () => {
  const installed = programs.filter(({ file }) => existsSync(file));
  const runs = existsSync("/run/systemd/system") ? await bySystemd(installed) : byProcesses();
  return runs && installed.filter((program) => !runs(program)).map(({ name }) => name);
};

export function startOf(name: string): string {
  return programs.find((program) => program.name === name)?.start ?? "stockade start";
}

function byProcesses(): (program: Program) => boolean {
  const names = new Set(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(commOf),
  );
  return ({ comms }) => comms.length === 0 || comms.some((comm) => names.has(comm));
}

function commOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    // It ended while we looked.
    return "";
  }
}

async function bySystemd(installed: readonly Program[]) {
  const units = installed.flatMap((program) => program.units);
  const args = ["show", "--property=Id,ActiveState,SubState", "--", ...units];
  const ran = await execa("systemctl", args, { reject: false, timeout: 10_000, stdin: "ignore" });
  if (ran.failed) return undefined;
  const running = runningUnits(ran.stdout);
  return (program: Program) => program.units.some((unit) => running.has(unit));
}

/**
 * The units that have a process, from what `systemctl show` prints of Id, ActiveState and SubState. One that is being started
 * counts; one that only started something, as Debian 12's postfix.service, does not ("exited").
 */
export function runningUnits(shown: string): ReadonlySet<string> {
  const word = (text: string, name: string) =>
    new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "";
  const isRunning = (text: string) =>
    word(text, "SubState") === "running" || /ing$/.test(word(text, "ActiveState"));
  const units = shown.split("\n\n").filter(isRunning);
  return new Set(units.map((text) => word(text, "Id")));
}
