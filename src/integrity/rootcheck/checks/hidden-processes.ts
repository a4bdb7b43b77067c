import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { type Check, type Sign, tried } from "../check.ts";
import { listedIn } from "../processes.ts";

/** So many numbers are tried at a stretch, some milliseconds. */
const stretch = 2000;
const mostTold = 15;

/**
 * Processes that are there when asked for by number and that the list of /proc leaves out: what a library in ld.so.preload, or
 * a kernel module, hides. OSSEC stops at 32,768; here every number is tried that the kernel may have given out.
 */
export const hiddenProcesses: Check = ({ proc }) => hiddenIn(proc, listedIn);

/** Processes whose folder something is mounted over: every tool sees what was put there instead. */
export const coveredProcesses: Check = async ({ proc }) => {
  const text = tried(() => readFileSync(join(proc, "1/mountinfo"), "latin1"), "");
  const places = [...text.matchAll(/^\S+ \S+ \S+ \S+ \/proc\/(\d+)(?:\/\S*)? /gm)];
  const pids = [...new Set(places.map(([, pid]) => pid))];
  return pids.slice(0, mostTold).map((pid): Sign => {
    const text = `Process '${pid}' hidden: something is mounted over /proc/${pid}.`;
    return { key: `covered process ${pid}`, text, kind: "hidden" };
  });
};

/** What `hiddenProcesses` finds, with another way to list them. */
export async function hiddenIn(
  proc: string,
  list: (proc: string) => readonly number[],
): Promise<Sign[]> {
  const before = new Set(list(proc));
  const last = lastNumber(proc, Math.max(0, ...before));
  const suspects: number[] = [];
  for (let pid = 1; pid <= last; pid++) {
    if (!before.has(pid) && isProcess(proc, pid)) suspects.push(pid);
    if (pid % stretch === 0) await turn();
  }
  // Whoever was born meanwhile is on the list by now, or gone.
  const hidden: number[] = [];
  for (const pid of suspects) if (await staysHidden(proc, pid, list)) hidden.push(pid);
  return tell(proc, hidden);
}

async function staysHidden(
  proc: string,
  pid: number,
  list: (proc: string) => readonly number[],
): Promise<boolean> {
  for (let look = 0; look < 3; look++) {
    if (list(proc).includes(pid) || !isProcess(proc, pid)) return false;
    await sleep(20);
  }
  return true;
}

/** A thread of another process answers to its number, too: its group has another one. */
function isProcess(proc: string, pid: number): boolean {
  const folder = join(proc, `${pid}`);
  if (tried(() => statSync(folder, { throwIfNoEntry: false }), undefined) === undefined)
    return false;
  const status = tried(() => readFileSync(join(folder, "status"), "latin1"), "");
  return new RegExp(`^Tgid:\\t${pid}$`, "m").test(status);
}

/** Numbers go up until the largest that is allowed, and then begin anew. */
function lastNumber(proc: string, highest: number): number {
  const given = Number(
    tried(() => readFileSync(join(proc, "loadavg"), "latin1"), "").split(" ")[4],
  );
  const most = Number(tried(() => readFileSync(join(proc, "sys/kernel/pid_max"), "latin1"), ""));
  const hasBegunAnew = !(given >= highest);
  return hasBegunAnew ? most || 4_194_304 : Math.min(given + 1000, most || given + 1000);
}

function tell(proc: string, hidden: readonly number[]): Sign[] {
  if (hidden.length > mostTold) {
    const text = `Excessive number of hidden processes (${hidden.length}). Possible kernel-level rootkit.`;
    return [{ key: "hidden processes", text, kind: "hidden" }];
  }
  return hidden.map((pid) => {
    const name = tried(() => readFileSync(join(proc, `${pid}/comm`), "latin1").trim(), "");
    const called = /^[ -~]{1,16}$/.test(name) ? ` It calls itself "${name}".` : "";
    const text = `Process '${pid}' hidden from /proc. Possible kernel level rootkit.${called}`;
    return { key: `hidden process ${pid}`, text, kind: "hidden" };
  });
}
