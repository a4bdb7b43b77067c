import { charsOf, hasChar } from "../chars.ts";
import type { Condition } from "./automaton.ts";

/** The conditions of a pattern, ready to be asked for. */
export interface Conditions {
  readonly all: readonly Condition[];
  /** Whether any can hold elsewhere than at the ends of a text, or before its last character. */
  readonly inside: boolean;
}

export function readyConditions(all: readonly Condition[]): Conditions {
  return { all, inside: all.some((wanted) => !ends.has(wanted)) };
}

const ends: ReadonlySet<Condition> = new Set(["start", "end", "finalEnd"] as const);

/** Which of them hold at an index of a text: one bit for each. */
export function heldAt(conditions: Conditions, text: string, at: number): number {
  if (!conditions.inside && at > 0 && at < text.length - 1) return 0;
  return evaluate(conditions.all, text, at);
}

function evaluate(all: readonly Condition[], text: string, at: number): number {
  let held = 0;
  for (const [bit, wanted] of all.entries()) if (holds(wanted, text, at)) held |= 1 << bit;
  return held;
}

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
