import { type Automaton, accept, type Edge } from "./automaton.ts";
import { type CharClasses, classify } from "./classes.ts";
import { type Holding, openConditions } from "./conditions.ts";

/** What can still succeed from one place of a text. */
export interface State {
  /** 1 for each position whose character stands next and from which the rest of the text leads to a match. */
  readonly succeeds: Uint8Array;
  /** The state one character further left, by what holds here and the class of that character, once it is known. */
  readonly left: (State | undefined)[];
  /** Whether a match can begin here, by what holds, once it is known. */
  readonly begins: (boolean | undefined)[];
}

export interface Backward {
  /**
   * The first index where a match begins, or -1. Fills `states`, one for each index up to the length of the text; without
   * them any place where a match begins will do.
   */
  read(text: string, states?: State[]): number;
  /** The conditions that hold at an index. */
  readonly holding: Holding;
}

/** Reads texts from the end, with a deterministic automaton that is made as texts ask for it. */
export function openBackward(automaton: Automaton): Backward {
  const reader: Reader = {
    automaton,
    classes: classify(automaton.sets),
    holding: openConditions(automaton.conditions),
    known: new Map(),
    end: stateOf(new Uint8Array(automaton.sets.length)),
  };
  return { holding: reader.holding, read: (text, states) => read(reader, text, states) };
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
  /** The states, by the positions that succeed. */
  known: Map<string, State>;
  /** The state behind the last character. */
  end: State;
}

function read(reader: Reader, text: string, states: State[] | undefined): number {
  const { holding, classes } = reader;
  let found = -1;
  let state = reader.end;
  for (let at = text.length; at >= 0; at--) {
    if (states) states[at] = state;
    const held = holding(text, at);
    if (begins(reader, state, held)) found = at;
    if (at === 0 || (found >= 0 && !states)) break;
    const letter = letterOf(classes, text.charCodeAt(at - 1));
    state = state.left[held * classes.count + letter] ?? step(reader, { state, held, letter });
  }
  return found;
}

function begins({ automaton }: Reader, state: State, held: number): boolean {
  const known = state.begins[held];
  if (known !== undefined) return known;
  const answer = leads(automaton.start, state, held);
  state.begins[held] = answer;
  return answer;
}

function letterOf({ ascii, of }: CharClasses, code: number): number {
  return (code < 0x80 ? ascii[code] : of(code)) ?? 0;
}

/** The state left of a character, made or remembered. */
function step(
  reader: Reader,
  { state, held, letter }: { state: State; held: number; letter: number },
): State {
  const { automaton, classes, known } = reader;
  const reached = (classes.positions[letter] ?? []).filter((position) =>
    leads(automaton.edges[position] ?? [], state, held),
  );
  const name = String.fromCharCode(...reached);
  const left = known.get(name) ?? stateOf(bitmap(reached, automaton.sets.length));
  known.set(name, left);
  state.left[held * classes.count + letter] = left;
  if (known.size * (automaton.sets.length + 8 * classes.count + 400) > mostBytes) forget(reader);
  return left;
}

/** When about so much is remembered of one pattern, all is forgotten and made again as texts ask for it. */
const mostBytes = 1 << 18;

function forget(reader: Reader): void {
  reader.known = new Map();
  reader.end = stateOf(new Uint8Array(reader.automaton.sets.length));
}

/** Whether any of the edges can be taken and leads to success. */
function leads(edges: readonly Edge[], { succeeds }: State, held: number): boolean {
  for (const { target, when } of edges) {
    if ((when & ~held) === 0 && (target === accept || succeeds[target] === 1)) return true;
  }
  return false;
}

function stateOf(succeeds: Uint8Array): State {
  return { succeeds, left: [], begins: [] };
}

function bitmap(positions: readonly number[], size: number): Uint8Array {
  const bits = new Uint8Array(size);
  for (const position of positions) bits[position] = 1;
  return bits;
}
