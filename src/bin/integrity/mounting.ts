import type { Syscheck } from "../../config/syscheck-settings.ts";
import { openCoverage } from "../../integrity/cover.ts";
import { readMounts } from "../../integrity/mounts.ts";

const everyMilliseconds = 3000;
/** Whoever may mount in his home could else have everything looked at all the time. */
const most = { times: 6, within: 600_000 } as const;

/**
 * Says, when it is asked, whether something else is mounted on or below what is watched than the last time: what was there is
 * hidden by it, and inotify says nothing. Looks every three seconds, and says so six times in ten minutes at most; `clock` in milliseconds.
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
  let changes: number[] = [];
  return () => {
    const now = clock();
    changes = changes.filter((at) => Math.abs(now - at) < most.within);
    const isTooOften = changes.length >= most.times;
    if (isTooOften || Math.abs(now - lookedAt) < everyMilliseconds) return false;
    lookedAt = now;
    const mounted = over();
    if (mounted === known) return false;
    known = mounted;
    changes.push(now);
    return true;
  };
}
