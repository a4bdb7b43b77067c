import type { Pattern } from "./pattern.ts";
import { openSearch } from "./search.ts";

/** Tells cheaply which patterns cannot match a text. */
export interface Prefilter {
  /** Looks at a text; `mayMatch` then speaks of that one, and of any part of it. */
  scan(text: string): void;
  /** Whether the pattern of that number may match the text. */
  mayMatch(index: number): boolean;
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
  return {
    scan(text) {
      unread = text;
    },
    mayMatch(index) {
      const literals = wanted[index];
      if (!literals || literals.length === 0) return true;
      if (unread !== undefined) search.read(unread);
      unread = undefined;
      for (const literal of literals) if (search.has(literal)) return true;
      return false;
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
