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

/**
 * Whether the process with this number is alive and runs this bundle ("stockaded.mjs"): numbers are given anew. Where /proc hides
 * the processes of others (hidepid), being alive has to do.
 */
export function runs(pid: number, bundle: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return isAlive(pid) && words.some((word) => word.endsWith(`/${bundle}`));
  } catch {
    // No such process, or not for our eyes.
    return isSomebodyElses(pid);
  }
}

/** Signal 0 asks only whether one could be sent, see kill(2). */
function isSomebodyElses(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

/** The number in the supervisor's pid file, if that process is one of ours, or undefined. */
export function supervisorIn(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, "utf8").trim());
  return Number.isInteger(pid) && pid > 1 && runs(pid, "stockade.mjs") ? pid : undefined;
}
