import type { Automaton } from "./automaton.ts";
import { type CharClasses, classify } from "./classes.ts";
import { type Holding, openConditions } from "./conditions.ts";
import { States } from "./states.ts";

/** Reads texts from their end and tells from which positions of a pattern the rest of a text leads to a match. */
export interface Backward {
  readonly test: (text: string) => boolean;
  /** The first index where a match begins, or -1. `states` and `known` then speak of this text. */
  readonly read: (text: string) => number;
  /** For each index of the text the number of the state there. */
  readonly states: () => Int32Array;
  readonly known: () => States;
  /** The conditions that hold at an index. */
  readonly holding: Holding;
}

export function openBackward(automaton: Automaton): Backward {
  const classes = classify(automaton.sets);
  const reader: Reader = {
    classes,
    holding: openConditions(automaton.conditions),
    known: new States(automaton, classes),
    states: new Int32Array(usual),
    at: 0,
    state: 0,
    found: -1,
    any: false,
  };
  const read = (text: string, any: boolean): number => {
    if (reader.known.isFull) reader.known = new States(automaton, classes);
    if (text.length >= reader.states.length) reader.states = new Int32Array(text.length + usual);
    reader.at = text.length;
    reader.state = 0;
    reader.found = -1;
    reader.any = any;
    readAll(reader, text);
    return reader.found;
  };
  return {
    test: (text) => read(text, true) >= 0,
    read: (text) => read(text, false),
    states: () => reader.states,
    known: () => reader.known,
    holding: reader.holding,
  };
}

/** Lines are mostly shorter. */
const usual = 256;

/**
 * How many edges it may have to look at for one character, when it reads what it never read before; a larger number will
 * do when that is not more than `enough`.
 */
export function worstSteps({ sets, edges }: Automaton, enough: number): number {
  const all = edges.reduce((sum, list) => sum + list.length, 0);
  if (all <= enough) return all;
  const steps = classify(sets).positions.map((positions) =>
    positions.reduce((sum, position) => sum + (edges[position]?.length ?? 0), 0),
  );
  return Math.max(0, ...steps);
}

/** How far a text is read. It is one object for all texts: nothing is made anew for each. */
interface Reader {
  readonly classes: CharClasses;
  readonly holding: Holding;
  known: States;
  states: Int32Array;
  at: number;
  state: number;
  /** Where a match begins, as far as is known; -1 for nowhere. */
  found: number;
  /** Whether any place will do. */
  any: boolean;
}

function readAll(reader: Reader, text: string): void {
  if (reader.holding.onlyAtEnds) {
    readTo(reader, text, text.length - 1);
    readInside(reader, text);
  }
  readTo(reader, text, 0);
}

/** Reads down to that index, which it reads too. */
function readTo(reader: Reader, text: string, last: number): void {
  const { holding, known, states, classes } = reader;
  for (; reader.at >= Math.max(last, 0) && !isOver(reader); reader.at--) {
    const { at, state } = reader;
    states[at] = state;
    const held = holding.at(text, at);
    if (known.canBegin(state, held)) reader.found = at;
    if (at === 0) return;
    reader.state = known.leftOf(state, letterOf(classes, text.charCodeAt(at - 1)), held);
  }
}

function isOver({ any, found }: Reader): boolean {
  return any && found >= 0;
}

/** Reads down to the second character, where no condition holds: most of a text, as fast as can be. */
function readInside(reader: Reader, text: string): void {
  const { known, states, classes, any } = reader;
  const { count } = classes;
  let { at, state, found } = reader;
  let { left, begins } = known;
  for (; at > 0 && !(any && found >= 0); at--) {
    states[at] = state;
    if (begins[state] === 1) found = at;
    const letter = letterOf(classes, text.charCodeAt(at - 1));
    const next = left[state * count + letter] ?? -1;
    if (next >= 0) {
      state = next;
      continue;
    }
    state = known.leftOf(state, letter, 0);
    ({ left, begins } = known);
  }
  reader.at = at;
  reader.state = state;
  reader.found = found;
}

function letterOf({ ascii, of }: CharClasses, code: number): number {
  return (code < 0x80 ? ascii[code] : of(code)) ?? 0;
}
