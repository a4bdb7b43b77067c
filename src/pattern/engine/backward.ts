import type { Automaton } from "./automaton.ts";
import { type CharClasses, classify } from "./classes.ts";
import { type Holding, openConditions } from "./conditions.ts";
import { States } from "./states.ts";

/** Reads texts from their end and tells from which positions of a pattern the rest of a text leads to a match. */
export interface Backward {
  readonly test: (text: string) => boolean;
  /** The first index where a match begins, or -1. `states` and `known` then speak of this text. */
  readonly read: (text: string) => number;
  /** The last index where a match begins, or -1. `states` and `known` then speak of this text, from there on. */
  readonly readLast: (text: string) => number;
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
    bytes: new Uint8Array(usual),
    at: 0,
    state: 0,
    found: -1,
  };
  const begin = (text: string): void => {
    if (reader.known.isFull) reader.known = new States(automaton, classes);
    if (text.length >= reader.states.length) makeRoom(reader, text.length + usual);
    reader.at = text.length;
    reader.state = 0;
    reader.found = -1;
  };
  const read = (text: string): number => {
    begin(text);
    readAll(reader, text);
    return reader.found;
  };
  return {
    test: (text) => read(text) >= 0,
    read,
    readLast(text) {
      begin(text);
      readToLast(reader, text);
      return reader.found;
    },
    states: () => reader.states,
    known: () => reader.known,
    holding: reader.holding,
  };
}

/** Reads down to the first place, seen from the end, where a match begins. */
function readToLast(reader: Reader, text: string): void {
  const { holding, known, states, classes } = reader;
  // From here on down no condition holds, up to the first character.
  const inside = holding.onlyAtEnds ? text.length - holding.depth : 0;
  const isAscii = ascii.encodeInto(text, reader.bytes).written === text.length;
  for (; reader.at >= 0; reader.at--) {
    if (isAscii && reader.at <= inside) passKnown(reader);
    const { at, state } = reader;
    states[at] = state;
    const held = holding.at(text, at);
    if (known.canBegin(state, held)) {
      reader.found = at;
      return;
    }
    if (at > 0) reader.state = known.leftOf(state, classes.letter(text.charCodeAt(at - 1)), held);
  }
}

/** Reads on while the next state is known, and no match begins. */
function passKnown(reader: Reader): void {
  const { states, bytes } = reader;
  const { left, begins } = reader.known;
  let { at, state } = reader;
  for (; at > 0 && begins[state] === 0; at--) {
    const next = left[state + (bytes[at - 1] ?? 0)] ?? -1;
    if (next < 0) break;
    states[at] = state;
    state = next;
  }
  reader.at = at;
  reader.state = state;
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
  /** The text, where all of it is ASCII. */
  bytes: Uint8Array;
  at: number;
  state: number;
  /** Where a match begins, as far as is known; -1 for nowhere. */
  found: number;
}

function makeRoom(reader: Reader, length: number): void {
  reader.states = new Int32Array(length);
  reader.bytes = new Uint8Array(length);
}

function readAll(reader: Reader, text: string): void {
  if (!reader.holding.onlyAtEnds) {
    readTo(reader, text, 0);
    return;
  }
  readTo(reader, text, text.length - 1);
  const last = reader.at;
  readInside(reader, text);
  readTo(reader, text, 0);
  // A match that begins at 0 begins first.
  if (reader.found !== 0) reader.found = firstBeginning(reader, last);
}

/** Reads down to the second character, where no condition holds: most of a text, as fast as can be. */
function readInside(reader: Reader, text: string): void {
  const { written } = ascii.encodeInto(text, reader.bytes);
  if (written === text.length) readBytes(reader);
  else readWide(reader, text);
}

/** Writes texts of ASCII, and no others, in as many bytes as they have characters. */
const ascii = new TextEncoder();

/** Reads down to that index, which it reads too. */
function readTo(reader: Reader, text: string, last: number): void {
  const { holding, known, states, classes } = reader;
  for (; reader.at >= Math.max(last, 0); reader.at--) {
    const { at, state } = reader;
    states[at] = state;
    const held = holding.at(text, at);
    if (known.canBegin(state, held)) reader.found = at;
    if (at === 0) return;
    reader.state = known.leftOf(state, classes.letter(text.charCodeAt(at - 1)), held);
  }
}

function readBytes(reader: Reader): void {
  const { states, bytes, known } = reader;
  for (readKnown(reader); reader.at > 0; readKnown(reader)) {
    const { at, state } = reader;
    states[at] = state;
    reader.state = known.leftOf(state, bytes[at - 1] ?? 0, 0);
    reader.at = at - 1;
  }
}

/** Reads on as long as the next state is known: the loop of all loops. */
function readKnown(reader: Reader): void {
  const { states, bytes } = reader;
  const { left } = reader.known;
  let { at, state } = reader;
  for (; at > 0; at--) {
    const next = left[state + (bytes[at - 1] ?? 0)] ?? -1;
    if (next < 0) break;
    states[at] = state;
    // Mostly so, and then the processor need not wait for this step to begin the next one.
    if (next === state) continue;
    state = next;
  }
  reader.at = at;
  reader.state = state;
}

/** The same for texts that are not of ASCII alone. */
function readWide(reader: Reader, text: string): void {
  const { known, states, classes } = reader;
  for (; reader.at > 0; reader.at--) {
    const { at, state } = reader;
    states[at] = state;
    reader.state = known.leftOf(state, classes.letter(text.charCodeAt(at - 1)), 0);
  }
}

/** The first index behind 0 and up to `last` where a match begins, or what is known of those behind it. */
function firstBeginning({ known, states, found }: Reader, last: number): number {
  const { begins } = known;
  for (let at = 1; at <= last; at++) if (begins[states[at] ?? 0] === 1) return at;
  return found;
}
