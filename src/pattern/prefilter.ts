import { nextBit, setBit } from "./bits.ts";
import type { Pattern } from "./pattern.ts";
import { openSearch, type Search } from "./search.ts";

/** Tells cheaply which patterns cannot match a text. */
export interface Prefilter {
  /** Looks at a text; `mayMatch` and selections then speak of that one, and of any part of it. */
  scan(text: string): void;
  /** Whether the pattern of that number may match the text. */
  mayMatch(index: number): boolean;
  /** Makes what finds, among many, those whose pattern of that number may match; those without a number always do. */
  select(indexes: readonly (number | undefined)[]): Selection;
}

/** Some of the patterns, in an order of their own. */
export interface Selection {
  /** The least place, from that one on, of a pattern that may match the text; -1 when there is none. */
  next(from: number): number;
}

/**
 * Looks for the literals of all patterns at once. What is made here looks at one text at a time; whoever works on two in
 * turns opens two.
 */
export function openPrefilter(patterns: readonly Pattern[]): Prefilter {
  const numbers = new Map<string, number>();
  const wanted = patterns.map(({ literals = [] }) => {
    const isRare = literals.every((literal) => literal.length >= shortest);
    return isRare ? literals.map((literal) => numberOf(numbers, literal.slice(0, longest))) : [];
  });
  const search = openSearch([...numbers.keys()]);
  // A text is read when it is first asked about: for many nobody asks.
  let unread: string | undefined;
  const read = (): Search => {
    if (unread !== undefined) search.read(unread);
    unread = undefined;
    return search;
  };
  return {
    scan(text) {
      unread = text;
    },
    mayMatch(index) {
      const literals = wanted[index];
      if (!literals || literals.length === 0) return true;
      const { has } = read();
      for (const literal of literals) if (has(literal)) return true;
      return false;
    },
    select(indexes) {
      const literals = indexes.map((index) => (index === undefined ? [] : (wanted[index] ?? [])));
      return selection(literals, numbers.size, read);
    },
  };
}

/** Shorter literals are in most texts, and noting them costs more than it saves. */
const shortest = 3;
/** The beginning of a literal is enough to look for, and keeps the table small. */
const longest = 12;

function numberOf(numbers: Map<string, number>, literal: string): number {
  const number = numbers.get(literal) ?? numbers.size;
  numbers.set(literal, number);
  return number;
}

/** Knows for each literal, as bits, the places of the patterns that want it or another. */
function selection(
  literals: readonly (readonly number[])[],
  all: number,
  read: () => Search,
): Selection {
  const size = Math.ceil(literals.length / 32);
  const always = new Int32Array(size);
  const wanting = new Int32Array(size * all);
  for (const [place, words] of literals.entries()) {
    if (words.length === 0) setBit(always, place);
    for (const word of words) setBit(wanting, word * size * 32 + place);
  }
  const left = new Int32Array(size);
  let texts = -1;
  return {
    next(from) {
      const search = read();
      if (texts !== search.texts) {
        texts = search.texts;
        collect(left, always, wanting, search);
      }
      return nextBit(left, from);
    },
  };
}

function collect(left: Int32Array, always: Int32Array, wanting: Int32Array, search: Search): void {
  const { count, words } = search.found;
  left.set(always);
  for (let at = 0; at < count; at++) {
    const row = (words[at] ?? 0) * left.length;
    for (let part = 0; part < left.length; part++) {
      left[part] = (left[part] ?? 0) | (wanting[row + part] ?? 0);
    }
  }
}
