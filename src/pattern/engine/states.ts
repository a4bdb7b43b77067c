import { type Automaton, accept, type Edge } from "./automaton.ts";
import type { CharClasses } from "./classes.ts";

/** What is not known yet, in the tables below. */
const unknown = -1;

/**
 * What can be read behind a place of a text, for a pattern that is read from the text's end: each state is a set of
 * positions that succeed, if their character stands next. A deterministic automaton, made as texts ask for it; state 0 is
 * the one behind the last character. A class, for it is read once for each character: so a state is known by where its row
 * begins in both tables.
 */
export class States {
  /** At `state + letter` the state left of that character, where no condition holds. */
  left: Int32Array;
  /** At `state + position` the next position and one, for those edges taken that note nothing; 0 for others. */
  readonly plain: Int16Array;
  /** At each state whether a match begins there, where no condition holds. */
  begins: Uint8Array;
  /** At the places of `plain` which edge is taken. */
  readonly #taken: Int16Array;
  /** How long a row is. */
  readonly #width: number;
  readonly #automaton: Automaton;
  readonly #classes: CharClasses;
  /** For each row the positions that succeed, in order. */
  readonly #succeeding: (readonly number[])[] = [];
  /** The states by what succeeds. */
  readonly #byName = new Map<string, number>();
  /** The states left of characters where conditions hold, by these and the number that `left` has. */
  readonly #leftIf = new Map<string, number>();
  /** The edges behind each position, and last those into the pattern. */
  readonly #edges: readonly (readonly Edge[])[];
  /** For each position the last step that found it succeeding. In doubles, which do not overflow. */
  readonly #marks: Float64Array;
  #steps = 0;

  constructor(automaton: Automaton, classes: CharClasses) {
    this.#automaton = automaton;
    this.#classes = classes;
    this.#marks = new Float64Array(automaton.sets.length);
    this.#edges = [...automaton.edges, automaton.start];
    this.#width = Math.max(classes.letters, this.#edges.length);
    this.left = new Int32Array(this.#width * fewStates).fill(unknown);
    this.begins = new Uint8Array(this.left.length);
    const remembered = Math.min(fewStates, Math.floor(mostTaken / this.#width));
    this.plain = new Int16Array(this.#width * remembered);
    this.#taken = new Int16Array(this.plain.length).fill(unknown);
    this.#stateOf([]);
  }

  /** When a pattern has so much to remember, all should be forgotten and made again as texts ask for it. */
  get isFull(): boolean {
    const states = this.#succeeding.length;
    return states * (this.#width + 100) + 100 * this.#leftIf.size > 400_000;
  }

  /** Whether a match begins in that state, where those conditions hold. */
  canBegin(state: number, held: number): boolean {
    if (held === 0) return this.begins[state] === 1;
    return this.#leads(this.#automaton.start, this.#succeedingIn(state), held);
  }

  /** The state left of that character. `left` may be another table then. */
  leftOf(state: number, letter: number, held: number): number {
    const cell = state + letter;
    const known = held === 0 ? this.left[cell] : this.#leftIf.get(`${held} ${cell}`);
    if (known !== undefined && known !== unknown) return known;
    const next = this.#stateOf(this.#reach(state, this.#classes.classOf(letter), held));
    if (held === 0) this.left[cell] = next;
    else this.#leftIf.set(`${held} ${cell}`, next);
    return next;
  }

  /** The first edge behind a position, or into the pattern for the number behind the last one, that leads to a match. */
  take(state: number, position: number, held: number): Edge {
    const edges = this.#edges[position] ?? [];
    const cell = state + position;
    const known = held === 0 ? (this.#taken[cell] ?? unknown) : unknown;
    return (known === unknown ? undefined : edges[known]) ?? this.#choose(edges, state, cell, held);
  }

  #choose(edges: readonly Edge[], state: number, cell: number, held: number): Edge {
    const succeeding = this.#succeedingIn(state);
    const number = edges.findIndex(
      ({ target, when }) => (when & ~held) === 0 && (target === accept || has(succeeding, target)),
    );
    const edge = edges[number];
    if (!edge) throw new Error("a match that was seen from behind is not there from the front");
    if (held === 0 && cell < this.#taken.length) {
      this.#taken[cell] = number;
      if (edge.target !== accept && edge.marks.length === 0) this.plain[cell] = edge.target + 1;
    }
    return edge;
  }

  #leads(edges: readonly Edge[], succeeding: readonly number[], held: number): boolean {
    return edges.some(
      ({ target, when }) => (when & ~held) === 0 && (target === accept || has(succeeding, target)),
    );
  }

  #stateOf(succeeding: readonly number[]): number {
    const name = String.fromCharCode(...succeeding);
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const state = this.#width * (this.#succeeding.push(succeeding) - 1);
    if (state >= this.left.length) this.#grow();
    this.begins[state] = this.#leads(this.#automaton.start, succeeding, 0) ? 1 : 0;
    this.#byName.set(name, state);
    return state;
  }

  #succeedingIn(state: number): readonly number[] {
    return this.#succeeding[state / this.#width] ?? [];
  }

  #grow(): void {
    const left = new Int32Array(this.left.length * 2).fill(unknown);
    left.set(this.left);
    this.left = left;
    const begins = new Uint8Array(left.length);
    begins.set(this.begins);
    this.begins = begins;
  }

  #reach(state: number, charClass: number, held: number): number[] {
    const { edges } = this.#automaton;
    const marks = this.#marks;
    const step = ++this.#steps;
    for (const position of this.#succeedingIn(state)) marks[position] = step;
    return (this.#classes.positions[charClass] ?? []).filter((position) => {
      for (const { target, when } of edges[position] ?? []) {
        if ((when & ~held) === 0 && (target === accept || marks[target] === step)) return true;
      }
      return false;
    });
  }
}

/** Most patterns have no more. */
const fewStates = 32;
/** Which edge is taken is remembered for so many states and positions of one pattern. */
const mostTaken = 50_000;

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
