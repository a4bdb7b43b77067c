import type { Syscheck } from "../config/syscheck-settings.ts";
import type { Baseline, Row } from "./baseline/baseline.ts";
import { keyOf } from "./baseline/order.ts";
import { type CompareOptions, type Comparing, openComparing } from "./comparing.ts";
import { type Coverage, openCoverage } from "./cover.ts";
import type { BytePath, Entry } from "./entry.ts";
import { type Hashing, openHashing, type Threads } from "./hashing/pool.ts";
import { isTrouble, statOf } from "./look.ts";
import { readMounts } from "./mounts.ts";
import { type Pace, paceOf, type Rates } from "./pace.ts";
import { type Run, run } from "./run.ts";
import type { SeenChange, Trouble } from "./seen.ts";
import { isElsewhere } from "./sort-out.ts";
import { stampOfEntry } from "./stamp.ts";
import { findTargets } from "./targets.ts";
import { type Visit, walk, walkFrom } from "./walk.ts";

export interface ScanOptions {
  readonly settings: Syscheck;
  readonly baseline: Baseline;
  /** What comes before every path: "/" on a server. */
  readonly root: string;
  /** Whether files are read that look as they did. */
  readonly full?: boolean;
  readonly signal?: AbortSignal;
  /** As the settings want it, where none is given. */
  readonly pace?: Pace;
  readonly onTrouble?: (trouble: Trouble) => void;
  /** Hears of what was taken into the baseline without a word, as the first scan takes everything. */
  readonly onLearned?: (entries: readonly Entry[]) => void;
  readonly run?: Run;
  /** Where nothing limits how fast a scan goes, long files are read by these. */
  readonly threads?: Threads | undefined;
  readonly mountinfo?: string;
}

/**
 * Looks at everything that the settings want watched and yields how it differs from the baseline, a batch at a time, in
 * the order of paths; an empty one where nothing differs, so that other work comes in between. What a folder of the
 * settings holds when it is walked for the first time is learned, not told.
 * A change stays one until it is taken: whoever is killed in between finds it again.
 */
export async function* scan(options: ScanOptions): AsyncGenerator<SeenChange[]> {
  const { baseline, signal } = options;
  const { coverage, compare } = open(options);
  const hashing = hashingFor(options);
  const comparing = openComparing({ ...compare, hashing });
  const rows = openPages((after) => baseline.after(after, pageSize));
  try {
    yield* compareAll(comparing, merge(walk(compare), rows), signal);
  } finally {
    await hashing?.close();
  }
  if (signal?.aborted) return;
  const areas = coverage.all.map(({ area }) => area);
  baseline.makeKnown(areas, options.settings.ignore);
}

/** Looks again at these paths alone, and at all below those that are new, gone or another folder than before. */
export async function* lookAgain(
  paths: Iterable<BytePath>,
  options: ScanOptions,
): AsyncGenerator<SeenChange[]> {
  const { compare } = open(options);
  const comparing = openComparing(compare);
  const sorted = [...paths].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  yield* compareAll(comparing, stepsOf(sorted, compare), options.signal);
}

const pageSize = 500;

function open(options: ScanOptions): { coverage: Coverage; compare: CompareOptions } {
  const { settings, baseline, root } = options;
  const coverage = openCoverage(settings);
  return {
    coverage,
    compare: {
      root,
      baseline,
      coverage,
      targets: findTargets(root, coverage),
      mounts: readMounts(options.mountinfo ?? "/proc/self/mountinfo"),
      skipNfs: settings.skipNfs,
      full: options.full ?? false,
      signal: options.signal,
      pace: options.pace ?? paceOf(ratesOf(settings)),
      run: options.run ?? run,
      onTrouble: options.onTrouble ?? (() => {}),
      onLearned: options.onLearned ?? (() => {}),
    },
  };
}

/** How fast the settings let a scan go. */
export function ratesOf({ filesPerSecond, megabytesPerSecond }: Syscheck): Rates {
  return { files: filesPerSecond, bytes: megabytesPerSecond * 1_000_000 };
}

/** What goes no faster than its rate has no use for a second core. */
function hashingFor({ settings, threads, signal }: ScanOptions): Hashing | undefined {
  const isLimited = settings.filesPerSecond > 0 || settings.megabytesPerSecond > 0;
  return isLimited || !threads || threads.most < 1 ? undefined : openHashing(threads, signal);
}

/** What is there, what is expected, or both, of one path. */
type Step =
  | { readonly visit: Visit; readonly row: Row | undefined }
  | { readonly visit?: undefined; readonly row: Row };

async function* compareAll(
  comparing: Comparing,
  steps: Iterable<Step>,
  signal: AbortSignal | undefined,
): AsyncGenerator<SeenChange[]> {
  let turnAt = performance.now() + longestTurn;
  for (const step of steps) {
    if (signal?.aborted) return;
    const wait = compareOne(comparing, step);
    if (wait !== undefined) await wait;
    if (performance.now() < turnAt && !comparing.isFull()) continue;
    yield await comparing.settle();
    turnAt = performance.now() + longestTurn;
  }
  yield await comparing.settle();
}

/** In milliseconds; between two batches, what was seen to change has its turn. */
const longestTurn = 500;

function compareOne(comparing: Comparing, { visit, row }: Step): Promise<unknown> | undefined {
  return visit ? comparing.seen(visit, row) : comparing.gone(row);
}

/** Rows a page at a time, so that only few are in memory. */
interface Pages {
  first(): Row | undefined;
  drop(): void;
}

function openPages(pageAfter: (path: BytePath | undefined) => Row[]): Pages {
  let page = pageAfter(undefined);
  let at = 0;
  return {
    first() {
      const last = page.at(-1);
      if (at >= page.length && last) {
        page = pageAfter(last.path);
        at = 0;
      }
      return page[at];
    },
    drop() {
      at += 1;
    },
  };
}

/** Both come in the order of `keyOf`. */
function* merge(visits: Iterable<Visit>, rows: Pages): Generator<Step> {
  for (const visit of visits) {
    // Nearly always they are of one path, which costs nothing to see.
    if (rows.first()?.path !== visit.path) yield* rowsBefore(rows, keyOf(visit.path));
    const row = rows.first();
    const isSame = row?.path === visit.path;
    if (isSame) rows.drop();
    yield { visit, row: isSame ? row : undefined };
  }
  yield* rowsBefore(rows, undefined);
}

function* rowsBefore(rows: Pages, key: string | undefined): Generator<Step> {
  for (let row = rows.first(); row; row = rows.first()) {
    if (key !== undefined && keyOf(row.path) >= key) return;
    rows.drop();
    yield { row };
  }
}

function* stepsOf(paths: readonly BytePath[], options: CompareOptions): Generator<Step> {
  let done: BytePath | undefined;
  for (const path of paths) {
    if (done !== undefined && path.startsWith(done)) continue;
    const whole = isWhole(path, options);
    if (whole) done = `${path}/`;
    yield* whole ? wholeSteps(path, options) : oneStep(path, options);
  }
}

/** Whether what is below a path has to be looked at too. */
function isWhole(path: BytePath, { root, baseline }: CompareOptions): boolean {
  const stats = statOf(root, path);
  const isFolder = stats !== undefined && !isTrouble(stats) && stats.isDirectory();
  const before = baseline.get(path);
  if (!isFolder)
    return before?.kind === "directory" || baseline.within(path, undefined, 1).length > 0;
  return before?.kind !== "directory" || before.inode !== stats.ino || before.device !== stats.dev;
}

function* wholeSteps(path: BytePath, options: CompareOptions): Generator<Step> {
  const { baseline, targets } = options;
  const own = rowOf(path, baseline);
  const cover = targets.coverOf(path);
  const visits = cover ? walkFrom(options, path, cover) : [];
  const rows = openPages((after) =>
    after === undefined && own
      ? [own]
      : baseline.within(path, after === path ? undefined : after, pageSize),
  );
  yield* merge(visits, rows);
}

function* oneStep(path: BytePath, options: CompareOptions): Generator<Step> {
  const { root, targets, baseline, coverage, onTrouble } = options;
  const cover = targets.coverOf(path);
  if (!cover || coverage.isRestricted(path, cover)) return;
  const stats = statOf(root, path);
  const row = rowOf(path, baseline);
  if (!stats) {
    if (row) yield { row };
  } else if (isTrouble(stats)) onTrouble(stats);
  else if (row || !isElsewhere(path, options))
    yield { visit: { path, stats, cover, isByName: true }, row };
}

function rowOf(path: BytePath, baseline: Baseline): Row | undefined {
  const entry = baseline.get(path);
  return entry && { path, stamp: stampOfEntry(entry), isRead: entry.sha256 !== undefined };
}
