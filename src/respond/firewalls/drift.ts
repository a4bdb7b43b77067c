import type { Change } from "../firewall.ts";

/** What has to change so that the system is as it should be, and the same in words. */
export interface Drift {
  readonly changes: readonly Change[];
  readonly words: readonly string[];
}

/** Placing and reading thousands takes seconds on a busy machine. */
const toleranceSeconds = 10;

/** What has no more than this left is over before anybody could take it away. */
const overSeconds = 3;

/**
 * Compares the seconds that networks have left in the system with those they are to have. What
 * lasts longer than the system can count, `limit` seconds, gets as much as it can, and again before that is over, which is not worth a word.
 * What is over in a moment is left to end by itself.
 */
export function driftOf(
  present: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number>,
  limit = Number.POSITIVE_INFINITY,
): Drift {
  const add = ([network, seconds]: readonly [string, number]): Change => ({
    verb: "add",
    network,
    seconds,
  });
  const missing = [...wanted].filter(([network]) => !present.has(network));
  const aged = [...wanted].filter(([network, seconds]) => {
    const left = present.get(network);
    return left !== undefined && isOff(left, seconds, limit);
  });
  const wrong = aged.filter(([network, due]) => !isLong(present.get(network) ?? 0, due, limit));
  const strange = [...present].filter(
    ([network, left]) => !wanted.has(network) && left > overSeconds,
  );
  return {
    changes: [
      ...[...missing, ...aged].map(add),
      ...strange.map(([network]): Change => ({ verb: "delete", network })),
    ],
    words: [
      ...counted(missing.length, "missing block"),
      ...counted(wrong.length, "wrong end", "wrong ends"),
      ...counted(strange.length, "block of nobody's", "blocks of nobody's"),
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
