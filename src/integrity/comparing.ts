import { readAttributes } from "./attributes.ts";
import type { Baseline, Row } from "./baseline/baseline.ts";
import { openReader, type ReadContent } from "./content.ts";
import type { Cover } from "./cover.ts";
import type { BytePath, Entry } from "./entry.ts";
import type { Hashing } from "./hashing/pool.ts";
import { isTrouble, type Looked, look, statOf } from "./look.ts";
import type { Pace } from "./pace.ts";
import type { Run } from "./run.ts";
import type { SeenChange } from "./seen.ts";
import {
  deleted,
  isElsewhere,
  openKnown,
  type Pending,
  sortOut,
  watchedCover,
} from "./sort-out.ts";
import { stampOf } from "./stamp.ts";
import type { Visit, WalkOptions } from "./walk.ts";

export interface CompareOptions extends WalkOptions {
  readonly baseline: Baseline;
  readonly pace: Pace;
  readonly run: Run;
  /** Reads long files beside the walk, where there is one. */
  readonly hashing?: Hashing | undefined;
  /** What is read then is given up, and no more is put into the baseline. */
  readonly signal?: AbortSignal | undefined;
  /** Everything is read, also what looks as it did. */
  readonly full: boolean;
  /** Hears of what was taken into the baseline without a word, as the first scan takes everything. */
  readonly onLearned: (entries: readonly Entry[]) => void;
}

/** Finds the differences between what is there and what is expected, a batch at a time. */
export interface Comparing {
  /** What is there, with the row that the baseline has of it. A promise is to be waited for. */
  seen(visit: Visit, row: Row | undefined): Promise<unknown> | undefined;
  /** A row without anything there, as far as a walk saw. */
  gone(row: Row): Promise<unknown> | undefined;
  /** Whether it is time to settle. */
  readonly isFull: () => boolean;
  /** What differs of all that was seen since the last time. The rest is in the baseline by now. */
  settle(): Promise<SeenChange[]>;
}

/** As many as one command for their attributes takes: starting one costs as much as reading a hundred files. */
const mostPending = 2000;
const mostTextBytes = 4 * 1024 * 1024;
const costOfLooking = { files: 0.1 };

export function openComparing(options: CompareOptions): Comparing {
  const { baseline, pace } = options;
  const read = readerOf(options);
  const known = openKnown(baseline);
  let batch = emptyBatch();

  const leave = (path: BytePath, cover: Cover | undefined) => {
    const before = baseline.get(path);
    if (!cover) batch.forgotten.push(path);
    else if (before) batch.deleted.push(deleted(before, cover, options.coverage));
  };
  const lookCloser = async (visit: Visit, row: Row | undefined) => {
    const { path, cover, isByName = false } = visit;
    const looked = await lookAt(visit, options, read);
    if (!looked && row) leave(path, cover);
    batch.textBytes += looked?.text?.length ?? 0;
    return looked && { looked, before: row && baseline.get(path), cover, isByName };
  };
  const seen = (visit: Visit, row: Row | undefined) => {
    if (row && !options.full && isAsBefore(visit, row)) return pace.spend(costOfLooking);
    const looking = lookCloser(visit, row);
    batch.looking.push(looking);
    return options.hashing?.takes(visit.stats.size) ? undefined : looking;
  };
  const gone = (row: Row) => {
    const visit = byName(row.path, options);
    if (visit && stampOf(visit.stats) === row.stamp && isElsewhere(row.path, options))
      batch.forgotten.push(row.path);
    // A walk that could not read a folder, or was fooled, has missed it.
    else if (visit) return seen(visit, row);
    else if (visit === undefined) leave(row.path, watchedCover(row.path, options));
    return pace.spend(costOfLooking);
  };
  return {
    seen,
    gone,
    isFull: () => isFull(batch),
    async settle() {
      const settled = batch;
      const found = await Promise.all(settled.looking);
      batch = emptyBatch();
      if (options.signal?.aborted) return [];
      if (settled.forgotten.length > 0) baseline.forget(settled.forgotten);
      const complete = await withAttributes(options, found.filter(isThere));
      return [...settled.deleted, ...sortOut(options, known, complete)];
    },
  };
}

/** What is there by that name; undefined where it is nothing, or not watched, null where that cannot be found out. */
function byName(path: BytePath, options: CompareOptions): Visit | undefined | null {
  const cover = watchedCover(path, options);
  const stats = cover && statOf(options.root, path);
  if (!cover || !stats) return undefined;
  return isTrouble(stats) ? null : { path, stats, cover, isByName: true };
}

async function lookAt(
  { path, stats, cover }: Visit,
  { root, coverage, pace, onTrouble, signal }: CompareOptions,
  read: ReadContent,
): Promise<Looked | undefined> {
  const wanted = { sum: cover.checks.sum, text: coverage.mayShow(path, cover) };
  const looked = await look(root, path, stats, wanted, read);
  if (!stats.isFile()) await pace.spend(costOfLooking);
  if (looked?.trouble && !signal?.aborted) onTrouble(looked.trouble);
  return looked;
}

/** What was found since the last time. */
interface Batch {
  /** In the order of the walk; undefined for what is gone by now. */
  readonly looking: Promise<Pending | undefined>[];
  readonly deleted: SeenChange[];
  readonly forgotten: BytePath[];
  textBytes: number;
}

function emptyBatch(): Batch {
  return { looking: [], deleted: [], forgotten: [], textBytes: 0 };
}

function isThere(pending: Pending | undefined): pending is Pending {
  return pending !== undefined;
}

function isFull({ looking, deleted, forgotten, textBytes }: Batch): boolean {
  const files = looking.length + deleted.length + forgotten.length;
  return files >= mostPending || textBytes >= mostTextBytes;
}

function readerOf({ pace, hashing, signal }: CompareOptions): ReadContent {
  const here = openReader(pace, signal);
  return (seen, asText) =>
    hashing?.takes(seen.size) ? hashing.read(seen, asText) : here(seen, asText);
}

function isAsBefore({ stats, cover }: Visit, row: Row): boolean {
  if (stampOf(stats) !== row.stamp) return false;
  return row.isRead || !cover.checks.sum || !stats.isFile();
}

async function withAttributes(options: CompareOptions, pending: Pending[]): Promise<Pending[]> {
  const paths = pending.flatMap(({ looked, cover }) =>
    cover.checks.perm ? [looked.entry.path] : [],
  );
  if (paths.length === 0) return pending;
  const attributes = await readAttributes(options.run, options.root, paths);
  const reason = attributes.ok ? attributes.problem : attributes.reason;
  if (reason !== undefined) options.onTrouble({ path: paths[0] ?? "", kind: "attributes", reason });
  if (!attributes.ok) return pending;
  return pending.map((one) => {
    const { entry } = one.looked;
    return {
      ...one,
      looked: { ...one.looked, entry: { ...entry, attributes: attributes.of.get(entry.path) } },
    };
  });
}
