import { setTimeout as sleep } from "node:timers/promises";
import type { BytePath } from "../entry.ts";

/** Paths that something happened to, gathered until it is quiet. */
export interface Gathering {
  add(path: BytePath): void;
  /** A set each time it was quiet for a while, or at the latest when the longest time is over. */
  sets(signal: AbortSignal): AsyncGenerator<ReadonlySet<BytePath>>;
}

export interface GatheringTimes {
  readonly quiet: number;
  readonly longest: number;
}

/** More paths than these are not looked at one by one: a scan is as quick. */
const mostPaths = 50_000;

export function openGathering(times: GatheringTimes, onTooMany: () => void): Gathering {
  let paths = new Set<BytePath>();
  let last = 0;
  let wake = () => {};
  return {
    add(path) {
      last = performance.now();
      paths.add(path);
      if (paths.size > mostPaths) {
        paths = new Set();
        onTooMany();
      } else if (paths.size === 1) wake();
    },
    async *sets(signal) {
      const stop = () => wake();
      signal.addEventListener("abort", stop, { once: true });
      while (!signal.aborted) {
        if (paths.size === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        await untilQuiet(times, () => last, signal);
        const set = paths;
        paths = new Set();
        if (!signal.aborted && set.size > 0) yield set;
      }
      signal.removeEventListener("abort", stop);
    },
  };
}

async function untilQuiet(
  { quiet, longest }: GatheringTimes,
  last: () => number,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + longest;
  for (;;) {
    const now = performance.now();
    const left = Math.min(last() + quiet, end) - now;
    if (left <= 0 || signal.aborted) return;
    await sleep(left);
  }
}
