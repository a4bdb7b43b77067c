import { existsSync, readFileSync } from "node:fs";

/** Whether systemd runs this machine, see sd_booted(3). */
export function hasSystemd(): boolean {
  return existsSync("/run/systemd/system");
}

/** Whether a process lives, by its number. A number that was given to another process counts as alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The number in a pid file of a process that lives, or undefined. */
export function livingPid(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, "utf8").trim());
  return Number.isInteger(pid) && pid > 1 && isAlive(pid) ? pid : undefined;
}
