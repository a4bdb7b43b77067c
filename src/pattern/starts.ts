import { nextBit, setBit } from "./bits.ts";
import { type CharSet, hasChar } from "./chars.ts";
import type { Pattern } from "./pattern.ts";

/** Tells from the first characters of a text which of some patterns cannot match it. */
export interface Starts {
  /** Looks at a text; `next` then speaks of that one. */
  read(text: string): void;
  /** The least number of a pattern that may match and is not less than `from`; -1 when there is none. */
  next(from: number): number;
}

/**
 * Knows for each of the first places and each character the patterns that can have it there, as bits: a text costs a few
 * look-ups for all patterns together. What is made here looks at one text at a time. `undefined` matches any text.
 */
export function openStarts(patterns: readonly (Pattern | undefined)[]): Starts {
  const words = Math.ceil(patterns.length / 32);
  const depth = places(patterns);
  const table = tableOf(patterns, words, depth);
  const all = new Int32Array(words).fill(-1);
  if (patterns.length % 32 !== 0) all[words - 1] = (1 << (patterns.length % 32)) - 1;
  const rows = new Int32Array(depth);
  const left = new Int32Array(words);
  const rowAt = (text: string, at: number) => {
    const row = at < text.length ? rowOf(text.charCodeAt(at)) : end;
    return (at * rowsOfPlace + row) * words;
  };
  return {
    read(text) {
      for (let at = 0; at < depth; at++) rows[at] = rowAt(text, at);
      for (let word = 0; word < words; word++) {
        let some = bits(all, word);
        for (let at = 0; at < depth; at++) some &= bits(table, bits(rows, at) + word);
        left[word] = some;
      }
    },
    next: (from) => nextBit(left, from),
  };
}

function bits(table: Int32Array, at: number): number {
  return table[at] ?? 0;
}

/** ASCII has a row for each character; all others share one, and so does the end of the text. */
const others = 128;
const end = 129;
const rowsOfPlace = 130;

function rowOf(code: number): number {
  return Math.min(code, others);
}

function places(patterns: readonly (Pattern | undefined)[]): number {
  return patterns.reduce((most, pattern) => Math.max(most, pattern?.start?.length ?? 0), 0);
}

/** For each place its rows, and in each row a bit for each pattern. */
function tableOf(
  patterns: readonly (Pattern | undefined)[],
  words: number,
  depth: number,
): Int32Array {
  const table = new Int32Array(depth * rowsOfPlace * words);
  for (const [number, pattern] of patterns.entries()) {
    for (let row = 0; row < depth * rowsOfPlace; row++) {
      const set = pattern?.start?.[Math.floor(row / rowsOfPlace)];
      if (canBe(set, row % rowsOfPlace)) setBit(table, row * words * 32 + number);
    }
  }
  return table;
}

function canBe(set: CharSet | undefined, row: number): boolean {
  if (set === undefined) return true;
  if (row < others) return hasChar(set, row);
  return row === others && set.some((code) => code >= others);
}
