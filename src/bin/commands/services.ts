import { existsSync, readFileSync } from "node:fs";

/** Whether systemd runs this machine, see sd_booted(3). */
export function hasSystemd(): boolean {
  return existsSync("/run/systemd/system");
}

/**
 * Whether a process lives, by its number, from /proc. One that has ended and that nobody has asked for (a zombie, as the
 * first process of a container leaves them) does not. A number that was given to another process counts as alive.
 */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    // No such process.
    return false;
  }
}

/** The number in a pid file of a process that lives, or undefined. */
export function livingPid(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, "utf8").trim());
  return Number.isInteger(pid) && pid > 1 && isAlive(pid) ? pid : undefined;
}
