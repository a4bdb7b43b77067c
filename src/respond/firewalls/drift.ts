import type { Change } from "../firewall.ts";
import { each, inOneGo, type Sliced } from "../slices.ts";

/** What has to change so that the system is as it should be, and the same in words. */
export interface Drift {
  readonly changes: readonly Change[];
  readonly words: readonly string[];
}

/** Placing and reading thousands takes seconds on a busy machine. */
const toleranceSeconds = 10;

/** What has no more than this left is over before anybody could take it away. */
const overSeconds = 3;

type Entry = readonly [network: string, seconds: number];

/** Where the system is not as it should be. */
export interface Differences {
  readonly missing: readonly Entry[];
  /** With other seconds left than they are to have. */
  readonly aged: readonly Entry[];
  /** Those of them that somebody else must have changed. */
  readonly wrong: readonly Entry[];
  readonly strange: readonly Entry[];
}

/** Compares in one go, see `compare`. */
export function driftOf(
  present: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number>,
  limit?: number,
): Drift {
  return driftIn(inOneGo(compare(present, wanted, limit)));
}

/**
 * Compares the seconds that networks have left in the system with those they are to have. What
 * lasts longer than the system can count, `limit` seconds, gets as much as it can, and again before that is over, which is not worth a word.
 * What is over in a moment is left to end by itself.
 */
export function* compare(
  present: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number>,
  limit = Number.POSITIVE_INFINITY,
): Sliced<Differences> {
  const found: { [Kind in keyof Differences]: Entry[] } = {
    missing: [],
    aged: [],
    wrong: [],
    strange: [],
  };
  yield* each(wanted, (entry) => {
    for (const kind of kindsOf(present.get(entry[0]), entry[1], limit)) found[kind].push(entry);
  });
  yield* each(present, (entry) => {
    if (entry[1] > overSeconds && !wanted.has(entry[0])) found.strange.push(entry);
  });
  return found;
}

const kinds = { none: [], missing: ["missing"], aged: ["aged"], wrong: ["aged", "wrong"] } as const;

function kindsOf(left: number | undefined, due: number, limit: number) {
  if (left === undefined) return kinds.missing;
  if (!isOff(left, due, limit)) return kinds.none;
  return isLong(left, due, limit) ? kinds.aged : kinds.wrong;
}

/** What puts it right, without the networks that have changed since they were read. */
export function driftIn(
  { missing, aged, wrong, strange }: Differences,
  hasChanged: (network: string) => boolean = () => false,
): Drift {
  const still = (entries: readonly Entry[]) => entries.filter(([network]) => !hasChanged(network));
  const nobodys = still(strange);
  const add = ([network, seconds]: Entry): Change => ({ verb: "add", network, seconds });
  return {
    changes: [
      ...[...still(missing), ...still(aged)].map(add),
      ...nobodys.map(([network]): Change => ({ verb: "delete", network })),
    ],
    words: [
      ...counted(still(missing).length, "missing block"),
      ...counted(still(wrong).length, "wrong end", "wrong ends"),
      ...counted(nobodys.length, "block of nobody's", "blocks of nobody's"),
    ],
  };
}

function isOff(left: number, due: number, limit: number): boolean {
  // Each one that lasts beyond the limit would be off again at once.
  if (due > limit) return left < limit / 2 || left > limit;
  return Math.abs(left - due) > toleranceSeconds;
}

/** Whether it has less time than is due because the system could not count more. */
function isLong(left: number, due: number, limit: number): boolean {
  return due > limit / 2 && left < due;
}

function counted(count: number, one: string, many = `${one}s`): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}
