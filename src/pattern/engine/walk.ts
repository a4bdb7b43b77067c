import type { Found } from "../pattern.ts";
import { type Automaton, accept, type Edge } from "./automaton.ts";
import { type Backward, openBackward } from "./backward.ts";

/**
 * Matches any pattern in linear time, with the result of a backtracking matcher. It first reads the text from its end and
 * notes at each place from which positions of the pattern the match can still succeed. Then it walks from the first place
 * where a match begins and takes at each place the first edge that leads to success: it never has to go back.
 */
export function openWalk(automaton: Automaton): {
  test(text: string): boolean;
  find(text: string): Found | undefined;
} {
  const backward = openBackward(automaton);
  let states = new Int32Array(usual);
  return {
    test: (text) => backward.read(text) >= 0,
    find(text) {
      if (text.length >= states.length) states = new Int32Array(text.length + usual);
      const from = backward.read(text, states);
      return from < 0 ? undefined : walk({ automaton, backward, states }, text, from);
    },
  };
}

/** Lines are mostly shorter. */
const usual = 256;

interface Walk {
  readonly automaton: Automaton;
  readonly backward: Backward;
  /** For each index of the text the state there. */
  readonly states: Int32Array;
}

function walk(given: Walk, text: string, from: number): Found {
  const { start, edges, marks: count } = given.automaton;
  const marks = new Int32Array(count).fill(-1);
  let at = from;
  let edge = firstThatSucceeds(given, start, text, at);
  while (edge.target !== accept) {
    note(marks, edge, at);
    at++;
    edge = firstThatSucceeds(given, edges[edge.target] ?? [], text, at);
  }
  note(marks, edge, at);
  return { end: at, groups: groupsOf(marks, text) };
}

function firstThatSucceeds(
  { backward, states }: Walk,
  edges: readonly Edge[],
  text: string,
  at: number,
): Edge {
  const held = backward.holding(text, at);
  const state = states[at] ?? 0;
  for (const edge of edges) {
    if ((edge.when & ~held) !== 0) continue;
    if (edge.target === accept || backward.succeeds(state, edge.target)) return edge;
  }
  throw new Error("a match that was seen from behind is not there from the front");
}

function note(marks: Int32Array, edge: Edge, at: number): void {
  for (const mark of edge.marks) marks[mark] = at;
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
