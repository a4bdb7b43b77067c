import { readAttributes } from "./attributes.ts";
import type { Baseline, Row } from "./baseline/baseline.ts";
import { openReader, type ReadContent } from "./content.ts";
import { type Cover, type Coverage, ignoring } from "./cover.ts";
import { differs } from "./difference.ts";
import type { BytePath, Entry } from "./entry.ts";
import type { Hashing } from "./hashing/pool.ts";
import { isTrouble, type Looked, look, statOf } from "./look.ts";
import type { Pace } from "./pace.ts";
import type { Run } from "./run.ts";
import type { SeenChange } from "./seen.ts";
import { stampOf } from "./stamp.ts";
import { keepable } from "./texts/what-changed.ts";
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

/** A file that is not as its row says, or has none. */
interface Pending {
  readonly looked: Looked;
  readonly before: Entry | undefined;
  readonly cover: Cover;
}

/** As many as one command for their attributes takes: starting one costs as much as reading a hundred files. */
const mostPending = 2000;
const mostTextBytes = 4 * 1024 * 1024;
const costOfLooking = { files: 0.1 };

export function openComparing(options: CompareOptions): Comparing {
  const { root, baseline, pace } = options;
  const read = readerOf(options);
  const known = openKnown(baseline);
  let batch = emptyBatch();

  const leave = (path: BytePath, cover: Cover | undefined) => {
    const before = baseline.get(path);
    if (!cover) batch.forgotten.push(path);
    else if (before) batch.deleted.push(deleted(before, cover, options.coverage));
  };
  const lookCloser = async (visit: Visit, row: Row | undefined) => {
    const { path, cover } = visit;
    const looked = await lookAt(visit, options, read);
    if (!looked && row) leave(path, cover);
    batch.textBytes += looked?.text?.length ?? 0;
    return looked && { looked, before: row && baseline.get(path), cover };
  };
  const seen = (visit: Visit, row: Row | undefined) => {
    if (row && !options.full && isAsBefore(visit, row)) return pace.spend(costOfLooking);
    const looking = lookCloser(visit, row);
    batch.looking.push(looking);
    return options.hashing?.takes(visit.stats.size) ? undefined : looking;
  };
  const gone = (row: Row) => {
    const { path } = row;
    const cover = watchedCover(options, path);
    const stats = cover && statOf(root, path);
    // A walk that could not read a folder, or was fooled, has missed it.
    if (cover && stats && !isTrouble(stats)) return seen({ path, stats, cover }, row);
    if (!stats) leave(path, cover);
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

function watchedCover({ targets, coverage }: CompareOptions, path: BytePath): Cover | undefined {
  const cover = targets.coverOf(path);
  return cover && !coverage.isRestricted(path, cover) ? cover : undefined;
}

function isAsBefore({ stats, cover }: Visit, row: Row): boolean {
  if (stampOf(stats) !== row.stamp) return false;
  return row.isRead || !cover.checks.sum || !stats.isFile();
}

/** Whether what is there had been looked at before this began: its part of the settings to its end, and not left out then. */
function openKnown(baseline: Baseline): (path: BytePath, area: string) => boolean {
  const known = new Map<string, boolean>();
  const wasIgnored = ignoring(baseline.ignored());
  return (path, area) => {
    const before = known.get(area) ?? baseline.isKnown(area);
    known.set(area, before);
    return before && !wasIgnored(path);
  };
}

async function withAttributes(options: CompareOptions, pending: Pending[]): Promise<Pending[]> {
  const paths = pending.flatMap(({ looked, cover }) =>
    cover.checks.perm ? [looked.entry.path] : [],
  );
  if (paths.length === 0) return pending;
  const attributes = await readAttributes(options.run, options.root, paths);
  if (!attributes.ok) {
    options.onTrouble({ path: paths[0] ?? "", kind: "attributes", reason: attributes.reason });
    return pending;
  }
  return pending.map((one) => {
    const { entry } = one.looked;
    return {
      ...one,
      looked: { ...one.looked, entry: { ...entry, attributes: attributes.of.get(entry.path) } },
    };
  });
}

/** Puts away what nobody has to be told, and returns the rest. */
function sortOut(
  { baseline, coverage, onLearned }: CompareOptions,
  isKnown: (path: BytePath, area: string) => boolean,
  pending: readonly Pending[],
): SeenChange[] {
  const isFirst = ({ before, looked, cover }: Pending) =>
    !before && !isKnown(looked.entry.path, cover.area);
  const others = pending.filter((one) => !isFirst(one));
  const changes = others.flatMap((one) => changeIn(one, coverage) ?? []);
  const refreshed = others.filter((one) => !one.looked.trouble && !changeIn(one, coverage));
  if (refreshed.length > 0) {
    baseline.refresh(
      refreshed.map(({ looked }) => looked.entry),
      textsOf(refreshed),
    );
  }
  const learned = pending.filter(isFirst);
  if (learned.length === 0) return changes;
  const entries = learned.map(({ looked }) => looked.entry);
  baseline.learn(entries, textsOf(learned));
  onLearned(entries);
  return changes;
}

function deleted(before: Entry, cover: Cover, coverage: Coverage): SeenChange {
  const hiddenBy = coverage.hiddenBy(before.path, cover);
  return { action: "deleted", before, after: undefined, hiddenBy, ...saidOf(cover) };
}

function changeIn({ before, looked, cover }: Pending, coverage: Coverage): SeenChange | undefined {
  const after = looked.entry;
  const hiddenBy = coverage.hiddenBy(after.path, cover);
  const more = { text: looked.text, hiddenBy, ...saidOf(cover) };
  if (!before) return { action: "added", before, after, ...more };
  if (!differs(before, after, cover.checks)) return undefined;
  return { action: "modified", before, after, ...more };
}

/** What the settings say of the file or folder. */
function saidOf({ tags, watched }: Cover): Pick<SeenChange, "tags" | "isKeys"> {
  return watched.settings.keys ? { tags, isKeys: true } : { tags };
}

function textsOf(learned: readonly Pending[]): Map<BytePath, Uint8Array> {
  const texts = new Map<BytePath, Uint8Array>();
  for (const { looked } of learned) {
    const { path } = looked.entry;
    const text = looked.text && keepable(path, looked.text);
    if (text) texts.set(path, text);
  }
  return texts;
}
