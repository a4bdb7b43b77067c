import type { Syscheck } from "../config/syscheck-settings.ts";
import type { Baseline, Row } from "./baseline/baseline.ts";
import { openCoverage } from "./cover.ts";
import type { BytePath } from "./entry.ts";
import { isTrouble, statOf } from "./look.ts";
import type { Pace } from "./pace.ts";
import { type Stamp, stampOf } from "./stamp.ts";
import { findTargets, type Targets } from "./targets.ts";

export interface GlanceOptions {
  readonly settings: Syscheck;
  readonly baseline: Pick<Baseline, "after">;
  readonly root: string;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** These are not as they were. */
  readonly suspect: (paths: readonly BytePath[]) => void;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Milliseconds that never go back; by them it is measured what a glance costs. */
  readonly now?: () => number;
}

/** Finds what inotify does not tell: writes by a name in a folder that is not watched, or through mmap(2). */
export interface Glances {
  /** Glances at all files where that is due; resolves when it is over. */
  tick(): Promise<void>;
}

/** In milliseconds. */
const shortestPause = 60_000;
/** A glance is to cost no more of a core. */
const share = 0.002;
/** A page of rows takes a millisecond or two. */
const pageSize = 200;

/**
 * Compares what lstat(2) says of each file that is watched as it happens with the baseline, once a minute, or less often where that
 * would cost more than 0.2 % of a core. What is not as it was is suspected once, until it changes again.
 */
export function openGlances(options: GlanceOptions): Glances {
  const { settings, clock } = options;
  const isAny = !settings.disabled && settings.directories.some(({ realtime }) => realtime);
  let lookedAt = clock();
  let pause = shortestPause;
  let differing: ReadonlyMap<BytePath, Stamp> = new Map();
  let isLooking = false;
  return {
    async tick() {
      if (!isAny || isLooking || Math.abs(clock() - lookedAt) < pause) return;
      isLooking = true;
      try {
        const glanced = await glance(options, differing);
        differing = glanced.differing;
        pause = Math.max(shortestPause, glanced.cost / share);
      } finally {
        lookedAt = clock();
        isLooking = false;
      }
    },
  };
}

async function glance(
  { settings, baseline, root, pace, signal, suspect, now = () => performance.now() }: GlanceOptions,
  before: ReadonlyMap<BytePath, Stamp>,
) {
  const differing = new Map<BytePath, Stamp>();
  const targets = findTargets(root, openCoverage(settings));
  const isWatched = watchedIn(settings, targets);
  let cost = 0;
  let last: BytePath | undefined;
  do {
    const begun = now();
    const rows = baseline.after(last, pageSize);
    const found = rows.flatMap((row) => (isWatched(row.path) ? differenceOf(row, root) : []));
    for (const [path, stamp] of found) differing.set(path, stamp);
    suspect(found.filter(([path, stamp]) => before.get(path) !== stamp).map(([path]) => path));
    last = rows.at(-1)?.path;
    cost += now() - begun;
    await pace.spend({ files: rows.length / 10 });
  } while (last !== undefined && !signal.aborted);
  // Where links lead elsewhere by now, nobody has looked yet.
  suspect([...targets.linked].filter((path) => targets.coverOf(path)?.realtime));
  return { differing, cost };
}

/** Where everything is watched as it happens, each path need not be asked about. */
function watchedIn({ directories }: Syscheck, { coverOf }: Targets): (path: BytePath) => boolean {
  if (directories.every(({ realtime }) => realtime)) return () => true;
  return (path) => coverOf(path)?.realtime ?? false;
}

function differenceOf({ path, stamp }: Row, root: string): [BytePath, Stamp][] {
  const stats = statOf(root, path);
  if (stats && isTrouble(stats)) return [];
  const present = stats ? stampOf(stats) : "gone";
  return present === stamp ? [] : [[path, present]];
}
