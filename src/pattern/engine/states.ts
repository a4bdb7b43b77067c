import { type Automaton, accept, type Edge } from "./automaton.ts";
import { type CharClasses, classify } from "./classes.ts";

/**
 * What can still succeed at a place of a text: a deterministic automaton that reads texts from their end, made as texts ask
 * for it. A state is the list of those positions of the pattern whose character stands next and from which the rest of the
 * text leads to a match. `held` are the conditions that hold at the place, as bits.
 */
export interface States {
  readonly automaton: Automaton;
  readonly classes: CharClasses;
  known: Known;
  /** For each position the last step that found it succeeding. In doubles, which do not overflow. */
  readonly marks: Float64Array;
  steps: number;
}

/** All that is known so far. State 0 is the one behind the last character of a text. */
interface Known {
  /** For each state its positions, in order. */
  readonly positions: (readonly number[])[];
  readonly numbers: Map<string, number>;
  /** Whether a match begins, where no condition holds. */
  readonly begins: boolean[];
  /** At `state * classes.count + class` the state left of that character where no condition holds; -1 while unknown. */
  readonly left: number[];
  /** The same where conditions hold, by these and that number. */
  readonly leftIf: Map<string, number>;
  /** For each state, and position + 1, the first edge that leads to a match where no condition holds. */
  readonly edges: (Edge | undefined)[][];
}

/** Stands where a position does, before the first. */
export const beginning = -1;

export function openStates(automaton: Automaton): States {
  return {
    automaton,
    classes: classify(automaton.sets),
    known: nothingKnown(),
    marks: new Float64Array(automaton.sets.length),
    steps: 0,
  };
}

function nothingKnown(): Known {
  const lists = { positions: [], begins: [], left: [], edges: [] };
  return { ...lists, numbers: new Map(), leftIf: new Map() };
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

/** The state behind the last character. States of earlier texts are none any more. */
export function stateAtEnd(states: States): number {
  const { left, positions, leftIf } = states.known;
  if (left.length + 100 * (positions.length + leftIf.size) > most) states.known = nothingKnown();
  return numberOf(states, []);
}

/** When a pattern has so much to remember, all is forgotten and made again as texts ask for it. */
const most = 200_000;

function numberOf({ automaton, classes, known }: States, positions: readonly number[]): number {
  const name = String.fromCharCode(...positions);
  const number = known.numbers.get(name);
  if (number !== undefined) return number;
  known.numbers.set(name, known.positions.length);
  known.begins.push(firstOpen(automaton.start, positions, 0) !== undefined);
  known.edges.push([]);
  for (let letter = 0; letter < classes.count; letter++) known.left.push(-1);
  return known.positions.push(positions) - 1;
}

/** Whether a match begins in a state. */
export function begins({ automaton, known }: States, state: number, held: number): boolean {
  if (held === 0) return known.begins[state] === true;
  return firstOpen(automaton.start, known.positions[state] ?? [], held) !== undefined;
}

/** The state left of a character. */
export function leftOf(states: States, state: number, held: number, code: number): number {
  const { ascii, of, count } = states.classes;
  const cell = state * count + ((code < 0x80 ? ascii[code] : of(code)) ?? 0);
  const known = held === 0 ? (states.known.left[cell] ?? -1) : -1;
  return known >= 0 ? known : step(states, held, cell);
}

function step(states: States, held: number, cell: number): number {
  const { left, leftIf } = states.known;
  const key = held === 0 ? "" : `${held} ${cell}`;
  const known = leftIf.get(key);
  if (known !== undefined) return known;
  const next = numberOf(states, reach(states, held, cell));
  if (held === 0) left[cell] = next;
  else leftIf.set(key, next);
  return next;
}

function reach(states: States, held: number, cell: number): number[] {
  const { automaton, classes, marks, known } = states;
  const state = Math.floor(cell / classes.count);
  states.steps++;
  for (const position of known.positions[state] ?? []) marks[position] = states.steps;
  return (classes.positions[cell % classes.count] ?? []).filter((position) =>
    leads(states, automaton.edges[position] ?? [], held),
  );
}

function leads({ marks, steps }: States, edges: readonly Edge[], held: number): boolean {
  for (const { target, when } of edges) {
    if ((when & ~held) === 0 && (target === accept || marks[target] === steps)) return true;
  }
  return false;
}

/** The first edge behind a position that leads to a match, or of those that begin one. */
export function edgeBehind(states: States, state: number, held: number, position: number): Edge {
  const row = held === 0 ? states.known.edges[state] : undefined;
  const known = row?.[position + 1];
  if (known) return known;
  const { start, edges } = states.automaton;
  const open = position === beginning ? start : (edges[position] ?? []);
  const edge = firstOpen(open, states.known.positions[state] ?? [], held);
  if (!edge) throw new Error("a match that was seen from behind is not there from the front");
  if (row) row[position + 1] = edge;
  return edge;
}

function firstOpen(
  edges: readonly Edge[],
  positions: readonly number[],
  held: number,
): Edge | undefined {
  return edges.find(
    ({ target, when }) => (when & ~held) === 0 && (target === accept || has(positions, target)),
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
