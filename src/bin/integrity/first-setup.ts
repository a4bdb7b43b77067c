import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** However long cloud-init takes, a new server is watched after this time, in milliseconds. */
const mostPatience = 15 * 60_000;
/** So long after the start of its first process a server has started its services, in seconds. */
const untilStarted = 45;
/** USER_HZ, see proc_pid_stat(5). */
const ticksPerSecond = 100;

/**
 * Whether a server is still being made of an image: its services start for the first time, and cloud-init writes keys, accounts and
 * settings, and leaves result.json at its end. None of that is a change of anything that was there. Asked again and again; what was
 * over once is over.
 */
export function openFirstSetup(root: string, clock: () => number): () => boolean {
  const end = clock() + mostPatience;
  const folder = join(root, "run/cloud-init");
  let isOver = false;
  return () => {
    const isWriting =
      existsSync(join(folder, "enabled")) && !existsSync(join(folder, "result.json"));
    isOver ||= clock() > end || (!isWriting && secondsUp(join(root, "proc")) > untilStarted);
    return !isOver;
  };
}

/** For how long the first process has been there, which a container has too; without end where that is not to be seen. */
function secondsUp(proc: string): number {
  try {
    const up = Number.parseFloat(readFileSync(join(proc, "uptime"), "latin1"));
    const stat = readFileSync(join(proc, "1/stat"), "latin1");
    // Behind the name, which may hold anything: the 22nd field of all is the 20th.
    const started = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]) / ticksPerSecond;
    return Number.isFinite(up - started) ? up - started : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
