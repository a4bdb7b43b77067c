import { type Mark, maxHeadBytes } from "./generation.ts";

/** A file on disk that may hold a generation of the log. */
export interface Candidate {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly modifiedAt: number;
  /** Whether it bears the log's own name; otherwise it is a rotated sibling. */
  readonly isNamed: boolean;
  /** The first bytes, fewer where it is shorter. */
  head(bytes: number): Buffer;
  /** Their SHA-256; undefined where it is shorter. */
  headHash(bytes: number): string | undefined;
}

/** A generation that was met before. `head` is there while it is held open and intact. */
export interface Known {
  readonly mark: Mark;
  readonly head: Buffer | undefined;
}

/** What to read: a generation that is held already, or a file from where it is known to have been read, or all of it. */
export type Step<C extends Candidate> =
  | { readonly kind: "keep"; readonly known: Known; readonly candidate: C | undefined }
  | { readonly kind: "open"; readonly known: Known | undefined; readonly candidate: C };

/**
 * Puts what is known (oldest first) and what is on disk in the order in which it was written, so that nothing between the
 * last line read and the log's present end is left out or read twice, whatever rotated it how often: by rename, by
 * copytruncate (the unread rest is in the copy), by deletion. Decides from data alone; opens nothing.
 */
export function lineage<C extends Candidate>(
  known: readonly Known[],
  found: readonly C[],
): Step<C>[] {
  const read = known.filter(({ mark }) => mark.headBytes > 0);
  const untouched = known.filter(({ mark, head }) => mark.headBytes === 0 && head);

  const old = resumed(read, found);
  const waiting = untouched.map((one) => keep(one, found));
  const used = new Set([...old, ...waiting].map(({ candidate }) => candidate));
  const unused = found.filter((candidate) => !used.has(candidate));
  const unread = unreadSiblings(known, unused);
  const named = unused.find(({ isNamed }) => isNamed);
  const present = named ? [open(named, originalOf(named, read))] : [];
  return [...old, ...[...unread, ...waiting].toSorted(olderFirst), ...present];
}

function keep<C extends Candidate>(known: Known, found: readonly C[]): Step<C> {
  const { dev, ino } = known.mark;
  return {
    kind: "keep",
    known,
    candidate: found.find((one) => one.ino === ino && one.dev === dev),
  };
}

function open<C extends Candidate>(candidate: C, known?: Known): Step<C> {
  return { kind: "open", known, candidate };
}

/** Those of which something was read: held, under the inode, else in a copy. What is in none of these is gone. */
function resumed<C extends Candidate>(read: readonly Known[], found: readonly C[]): Step<C>[] {
  const used = new Set<C>();
  return read.flatMap((one) => {
    if (one.head) return [keep(one, found)];
    const alike = found.filter((other) => !used.has(other) && isContinued(one.mark, other));
    const candidate = alike.find(({ ino }) => ino === one.mark.ino) ?? alike[0];
    if (!candidate) return [];
    used.add(candidate);
    return [open(candidate, one)];
  });
}

/** Device numbers may change at a reboot, so they are not asked. */
function isContinued(mark: Mark, candidate: Candidate): boolean {
  return candidate.size >= mark.offset && candidate.headHash(mark.headBytes) === mark.headHash;
}

/** Rotated files written to since the newest generation that was read, and no copies of what is known. */
function unreadSiblings<C extends Candidate>(
  known: readonly Known[],
  unused: readonly C[],
): Step<C>[] {
  const newest = known.findLast(({ mark }) => mark.headBytes > 0) ?? known.at(-1);
  if (!newest) return [];
  return unused
    .filter(({ isNamed, size }) => !isNamed && size > 0)
    .filter(({ modifiedAt }) => modifiedAt >= newest.mark.modifiedAt)
    .filter((one) => !known.some((other) => isCopy(one, other)))
    .map((one) => open(one));
}

/** A copy may still be growing: then it begins like the original, as far as it goes. */
function isCopy(candidate: Candidate, { mark, head }: Known): boolean {
  if (!head) return mark.headBytes > 0 && candidate.headHash(mark.headBytes) === mark.headHash;
  const begin = candidate.head(head.length);
  return begin.length > 0 && begin.equals(head.subarray(0, begin.length));
}

/** The log itself last, files that are gone first, else by time; where the clock is too coarse, by number: .2 before .1. */
function olderFirst({ candidate: a }: Step<Candidate>, { candidate: b }: Step<Candidate>): number {
  if (!a || !b) return Number(a !== undefined) - Number(b !== undefined);
  return (
    Number(a.isNamed) - Number(b.isNamed) ||
    a.modifiedAt - b.modifiedAt ||
    b.path.localeCompare(a.path, "en", { numeric: true })
  );
}

/** An editor saves a log as a new file with the old content: what was read of it is not read again. */
function originalOf(candidate: Candidate, read: readonly Known[]): Known | undefined {
  return read.findLast(
    ({ mark }) => mark.headBytes === maxHeadBytes && isContinued(mark, candidate),
  );
}
