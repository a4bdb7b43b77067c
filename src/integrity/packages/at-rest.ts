import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDpkgAtWork } from "./at-work.ts";

interface Means {
  /** dpkg's folder. */
  readonly folder: string;
  readonly procLocks?: string;
  /** Milliseconds from one look to the next, and until nothing is waited for any more. */
  readonly between?: number;
  readonly longest?: number;
}

/**
 * Does `work` while no package is installed or removed: dpkg writes what it knows of files after the files. Where one was
 * meanwhile, it is done again. Who holds the lock for ten minutes does not keep it waiting any longer.
 */
export async function atRest<T>(
  { folder, procLocks, between = 5000, longest = 600_000 }: Means,
  work: () => Promise<T>,
): Promise<T> {
  const until = performance.now() + longest;
  for (;;) {
    while (performance.now() < until && (await isDpkgAtWork(folder, procLocks))) {
      await sleep(between);
    }
    const before = await stampOf(folder);
    const done = await work();
    const isUndisturbed =
      (await stampOf(folder)) === before && !(await isDpkgAtWork(folder, procLocks));
    if (isUndisturbed || performance.now() >= until) return done;
  }
}

/** dpkg puts each list and each sum into this folder by renaming, which its times show. */
async function stampOf(folder: string): Promise<string> {
  const info = await stat(join(folder, "info"), { bigint: true }).catch(() => undefined);
  return `${info?.ctimeNs} ${info?.ino}`;
}
