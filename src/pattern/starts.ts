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
  const tables = Array.from({ length: places(patterns) }, (_, at) => tableOf(patterns, words, at));
  const all = new Int32Array(words).fill(-1);
  if (patterns.length % 32 !== 0) all[words - 1] = (1 << (patterns.length % 32)) - 1;
  const left = new Int32Array(words);
  return {
    read(text) {
      for (let word = 0; word < words; word++) left[word] = bits(all, word);
      for (let at = 0; at < tables.length; at++) {
        const row = rowOf(text.charCodeAt(at)) * words;
        const table = tables[at];
        for (let word = 0; word < words; word++)
          left[word] = bits(left, word) & bits(table, row + word);
      }
    },
    next: (from) => nextBit(left, from),
  };
}

function bits(table: Int32Array | undefined, at: number): number {
  return table?.[at] ?? 0;
}

/** ASCII has a row for each character; all others share one, and so does the end of the text. */
const others = 128;
const end = 129;

function rowOf(code: number): number {
  if (code < others) return code;
  return Number.isNaN(code) ? end : others;
}

function places(patterns: readonly (Pattern | undefined)[]): number {
  return patterns.reduce((most, pattern) => Math.max(most, pattern?.start?.length ?? 0), 0);
}

function tableOf(
  patterns: readonly (Pattern | undefined)[],
  words: number,
  at: number,
): Int32Array {
  const table = new Int32Array((end + 1) * words);
  for (const [number, pattern] of patterns.entries()) {
    for (let row = 0; row <= end; row++) {
      if (canBe(pattern?.start?.[at], row)) setBit(table, row * words * 32 + number);
    }
  }
  return table;
}

function canBe(set: CharSet | undefined, row: number): boolean {
  if (set === undefined) return true;
  if (row < others) return hasChar(set, row);
  return row === others && set.some((code) => code >= others);
}
