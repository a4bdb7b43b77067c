import { charsOf, hasChar } from "../chars.ts";
import type { Condition } from "./automaton.ts";

/** Which of a pattern's conditions hold at an index of a text. */
export interface Holding {
  /** One bit for each. */
  at(text: string, index: number): number;
  /** Whether none can hold but before the first character, before the last one, and behind it. */
  readonly onlyAtEnds: boolean;
  /** How far from the end of a text it is to where none holds any more, where `onlyAtEnds`. */
  readonly depth: number;
}

export function openConditions(conditions: readonly Condition[]): Holding {
  const onlyAtEnds = conditions.every((wanted) => ends.has(wanted));
  const at = (text: string, index: number): number => {
    if (onlyAtEnds && index > 0 && index < text.length - 1) return 0;
    return conditions.reduce(
      (bits, wanted, bit) => (holds(wanted, text, index) ? bits | (1 << bit) : bits),
      0,
    );
  };
  const isNone = conditions.length === 0;
  return { at: isNone ? () => 0 : at, onlyAtEnds, depth: isNone ? 0 : 2 };
}

/** Conditions that hold nowhere but at the ends of a text, or before its last character. */
const ends: ReadonlySet<Condition> = new Set(["start", "end", "finalEnd"] as const);

function holds(wanted: Condition, text: string, at: number): boolean {
  if (typeof wanted === "object")
    return at === 0 || !hasChar(wanted.notAfter, text.charCodeAt(at - 1));
  switch (wanted) {
    case "start":
      return at === 0;
    case "end":
      return at === text.length;
    case "finalEnd":
      return at === text.length || (at === text.length - 1 && text[at] === "\n");
    case "lineStart":
      return at === 0 || (text[at - 1] === "\n" && at < text.length);
    case "lineEnd":
      return at === text.length || text[at] === "\n";
    case "wordEdge":
      return isWord(text, at - 1) !== isWord(text, at);
    case "noWordEdge":
      return isWord(text, at - 1) === isWord(text, at);
    case "noNewlineNext":
      return text[at] !== "\n";
  }
}

const word = charsOf("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

function isWord(text: string, at: number): boolean {
  return at >= 0 && at < text.length && hasChar(word, text.charCodeAt(at));
}
