import { type Automaton, accept, type Edge } from "./automaton.ts";
import { type CharClasses, classify } from "./classes.ts";
import { type Holding, openConditions } from "./conditions.ts";

/** Reads texts from their end and tells from which positions of a pattern the rest of a text leads to a match. */
export interface Backward {
  /**
   * The first index where a match begins, or -1. Notes a state for each index in `states`, which has one more than the
   * text has characters; without it, any place where a match begins will do.
   */
  read(text: string, states?: Int32Array): number;
  /** Whether a match can still succeed in a state that was noted, if the position's character stands next. */
  succeeds(state: number, position: number): boolean;
  /** The conditions that hold at an index. */
  readonly holding: Holding;
}

/** A deterministic automaton that is made as texts ask for it. What was noted holds until the next text is read. */
export function openBackward(automaton: Automaton): Backward {
  const reader: Reader = {
    automaton,
    classes: classify(automaton.sets),
    holding: openConditions(automaton.conditions),
    marks: new Float64Array(automaton.sets.length),
    steps: 0,
    known: emptyTable(),
  };
  return {
    holding: reader.holding,
    read: (text, states) => read(reader, text, states),
    succeeds: (state, position) => has(reader.known.succeeding[state] ?? [], position),
  };
}

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

interface Reader {
  readonly automaton: Automaton;
  readonly classes: CharClasses;
  readonly holding: Holding;
  /** For each position the last step that found it succeeding. In doubles, which do not overflow. */
  readonly marks: Float64Array;
  steps: number;
  known: Table;
}

/** The states that are known. State 0 is the one behind the last character of a text. */
interface Table {
  /** For each state the positions that succeed, in order. */
  readonly succeeding: (readonly number[])[];
  /** Whether a match begins where no condition holds. */
  readonly begins: boolean[];
  /** The states by what succeeds. */
  readonly numbers: Map<string, number>;
  /** At `state * classes.count + class` the state left of that character, where no condition holds; -1 while unknown. */
  readonly left: number[];
  /** The same where conditions hold, by these and the same number. */
  readonly leftIf: Map<string, number>;
}

function emptyTable(): Table {
  return { succeeding: [], begins: [], numbers: new Map(), left: [], leftIf: new Map() };
}

function read(reader: Reader, text: string, states: Int32Array | undefined): number {
  if (isFull(reader)) reader.known = emptyTable();
  const { holding, classes } = reader;
  let found = -1;
  let state = numberOf(reader, []);
  for (let at = text.length; at >= 0; at--) {
    if (states) states[at] = state;
    const held = holding(text, at);
    if (begins(reader, state, held)) found = at;
    if (at === 0 || (found >= 0 && !states)) break;
    const cell = state * classes.count + letterOf(classes, text.charCodeAt(at - 1));
    state = leftOf(reader, held, cell);
  }
  return found;
}

/** When a pattern has so much to remember, all is forgotten and made again as texts ask for it. */
function isFull({ known }: Reader): boolean {
  return known.left.length + 100 * known.succeeding.length + 100 * known.leftIf.size > 200_000;
}

function begins({ automaton, known }: Reader, state: number, held: number): boolean {
  if (held === 0) return known.begins[state] === true;
  return canBegin(automaton, known.succeeding[state] ?? [], held);
}

function canBegin({ start }: Automaton, succeeding: readonly number[], held: number): boolean {
  return start.some(
    ({ target, when }) => (when & ~held) === 0 && (target === accept || has(succeeding, target)),
  );
}

/** Whether the list, which is in order, has the number. */
function has(list: readonly number[], number: number): boolean {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return list[low] === number;
}

function letterOf({ ascii, of }: CharClasses, code: number): number {
  return (code < 0x80 ? ascii[code] : of(code)) ?? 0;
}

/** The state left of a character. `cell` is `state * classes.count + class`. */
function leftOf(reader: Reader, held: number, cell: number): number {
  const known = held === 0 ? reader.known.left[cell] : undefined;
  return known === undefined || known < 0 ? step(reader, held, cell) : known;
}

function step(reader: Reader, held: number, cell: number): number {
  const { left, leftIf } = reader.known;
  const key = held === 0 ? "" : `${held} ${cell}`;
  const known = leftIf.get(key);
  if (known !== undefined) return known;
  const next = numberOf(reader, reach(reader, held, cell));
  if (held === 0) left[cell] = next;
  else leftIf.set(key, next);
  return next;
}

function numberOf({ automaton, classes, known }: Reader, succeeding: readonly number[]): number {
  const name = String.fromCharCode(...succeeding);
  const number = known.numbers.get(name);
  if (number !== undefined) return number;
  known.numbers.set(name, known.succeeding.length);
  known.begins.push(canBegin(automaton, succeeding, 0));
  for (let letter = 0; letter < classes.count; letter++) known.left.push(-1);
  return known.succeeding.push(succeeding) - 1;
}

function reach(reader: Reader, held: number, cell: number): number[] {
  const { automaton, classes, marks, known } = reader;
  const state = Math.floor(cell / classes.count);
  reader.steps++;
  for (const position of known.succeeding[state] ?? []) marks[position] = reader.steps;
  return (classes.positions[cell % classes.count] ?? []).filter((position) =>
    leads(reader, automaton.edges[position] ?? [], held),
  );
}

function leads({ marks, steps }: Reader, edges: readonly Edge[], held: number): boolean {
  for (const { target, when } of edges) {
    if ((when & ~held) === 0 && (target === accept || marks[target] === steps)) return true;
  }
  return false;
}
