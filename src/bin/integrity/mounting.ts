import type { Syscheck } from "../../config/syscheck-settings.ts";
import { openCoverage } from "../../integrity/cover.ts";
import { readMounts } from "../../integrity/mounts.ts";

const everyMilliseconds = 3000;

/**
 * Says, when it is asked, whether something else is mounted on or below what is watched than the last time: what was there is
 * hidden by it, and inotify says nothing. Looks every three seconds; `clock` in milliseconds.
 */
export function openMounting(
  settings: Syscheck,
  mountinfo: string,
  clock: () => number,
): () => boolean {
  const coverage = openCoverage(settings);
  const over = () =>
    [...readMounts(mountinfo)]
      .filter(([path]) => coverage.of(path) !== undefined || coverage.leadsTo(path))
      .map(([path, kind]) => `${path} ${kind}`)
      .sort()
      .join("\n");
  let known = over();
  let lookedAt = clock();
  return () => {
    if (Math.abs(clock() - lookedAt) < everyMilliseconds) return false;
    lookedAt = clock();
    const now = over();
    const isOther = now !== known;
    known = now;
    return isOther;
  };
}
