import type { Found } from "../pattern.ts";
import { type Automaton, accept } from "./automaton.ts";
import { type Conditions, heldAt, readyConditions } from "./conditions.ts";
import {
  beginning,
  begins,
  edgeBehind,
  leftOf,
  openStates,
  type States,
  stateAtEnd,
} from "./states.ts";

/**
 * Matches any pattern in linear time, with the result of a backtracking matcher. It first reads the text from its end and
 * notes at each place what can still succeed. Then it walks from the first place where a match begins and takes at each
 * place the first edge that leads to success: it never has to go back.
 */
export function openWalk(automaton: Automaton): {
  test(text: string): boolean;
  find(text: string): Found | undefined;
} {
  const walker: Walker = {
    automaton,
    states: openStates(automaton),
    conditions: readyConditions(automaton.conditions),
    noted: new Int32Array(usual),
  };
  return {
    test: (text) => readBack(walker, text) >= 0,
    find(text) {
      const from = noteBack(walker, text);
      return from < 0 ? undefined : walk(walker, text, from);
    },
  };
}

interface Walker {
  readonly automaton: Automaton;
  readonly states: States;
  readonly conditions: Conditions;
  /** The state at each index of the text. */
  noted: Int32Array;
}

/** Lines are mostly shorter. */
const usual = 256;

/** Any index where a match begins, or -1. */
function readBack({ states, conditions }: Walker, text: string): number {
  let state = stateAtEnd(states);
  for (let at = text.length; ; at--) {
    const held = heldAt(conditions, text, at);
    if (begins(states, state, held)) return at;
    if (at === 0) return -1;
    state = leftOf(states, state, held, text.charCodeAt(at - 1));
  }
}

/** The first index where a match begins, or -1; notes the states. */
function noteBack(walker: Walker, text: string): number {
  if (text.length >= walker.noted.length) walker.noted = new Int32Array(text.length + usual);
  const { states, conditions, noted } = walker;
  let found = -1;
  let state = stateAtEnd(states);
  for (let at = text.length; ; at--) {
    noted[at] = state;
    const held = heldAt(conditions, text, at);
    if (begins(states, state, held)) found = at;
    if (at === 0) return found;
    state = leftOf(states, state, held, text.charCodeAt(at - 1));
  }
}

function walk({ automaton, states, conditions, noted }: Walker, text: string, from: number): Found {
  const marks = new Int32Array(automaton.marks).fill(-1);
  let position = beginning;
  for (let at = from; ; at++) {
    const held = heldAt(conditions, text, at);
    const edge = edgeBehind(states, noted[at] ?? 0, held, position);
    for (const mark of edge.marks) marks[mark] = at;
    if (edge.target === accept) return { end: at, groups: groupsOf(marks, text) };
    position = edge.target;
  }
}

function groupsOf(marks: Int32Array, text: string): string[] {
  const groups: string[] = [];
  for (let mark = 2; mark < marks.length; mark += 2) {
    const begin = marks[mark] ?? -1;
    const end = marks[mark + 1] ?? -1;
    if (begin >= 0 && end >= begin) groups.push(text.slice(begin, end));
  }
  return groups;
}
