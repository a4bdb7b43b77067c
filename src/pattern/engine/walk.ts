import type { Found } from "../pattern.ts";
import { type Automaton, accept, type Edge } from "./automaton.ts";
import { type Backward, openBackward } from "./backward.ts";
import { groupsOf } from "./groups.ts";
import type { States } from "./states.ts";

/**
 * Matches any pattern in linear time, with the result of a backtracking matcher. It first reads the text from its end and
 * notes at each place from which positions of the pattern the match can still succeed. Then it walks from the first place
 * where a match begins and takes at each place the first edge that leads to success: it never has to go back.
 */
export function openWalk(automaton: Automaton): Walk {
  const backward = openBackward(automaton);
  const { length: start } = automaton.sets;
  const marks = new Int32Array(automaton.marks);
  const endFrom = (text: string, begin: number): number => {
    for (let mark = 0; mark < marks.length; mark++) marks[mark] = -1;
    const cursor = { at: begin, position: start };
    walk(backward, text, cursor, marks);
    return cursor.at;
  };
  const findFrom = (text: string, begin: number, before?: readonly string[]): Found => {
    return { end: endFrom(text, begin), groups: groupsOf(marks, text, before) };
  };
  return {
    test: backward.test,
    endIn(text) {
      const begin = backward.read(text);
      return begin < 0 ? -1 : endFrom(text, begin);
    },
    find(text) {
      const begin = backward.read(text);
      return begin < 0 ? undefined : findFrom(text, begin);
    },
    lastBegin: backward.readLast,
    endFrom,
    findFrom,
  };
}

export interface Walk {
  test(text: string): boolean;
  endIn(text: string): number;
  find(text: string): Found | undefined;
  /** The last index where a match begins; -1 for none. It walks from the text's end, and no further than there. */
  lastBegin(text: string): number;
  /** The match that begins there, of the text that was read last. */
  endFrom(text: string, begin: number): number;
  /** Its groups behind those of `before`. */
  findFrom(text: string, begin: number, before?: readonly string[]): Found;
}

interface Cursor {
  /** An index of the text. */
  at: number;
  /** The position that was taken last, or the number that stands for the pattern's start. */
  position: number;
}

/** Walks to the end of the match. */
function walk(backward: Backward, text: string, cursor: Cursor, marks: Int32Array): void {
  const { holding } = backward;
  const states = backward.states();
  const known = backward.known();
  const most = holding.onlyAtEnds ? text.length - 1 : 0;
  for (;;) {
    const { at, position } = cursor;
    const held = at > 0 && at < most ? 0 : holding.at(text, at);
    const edge = known.take(states[at] ?? 0, position, held);
    note(marks, edge, at);
    if (edge.target === accept) return;
    cursor.position = edge.target;
    cursor.at = at + 1;
    walkPlain(known, states, cursor, most);
  }
}

/** Walks on over edges that are known and note nothing, up to an index where a condition may hold. */
function walkPlain(known: States, states: Int32Array, cursor: Cursor, most: number): void {
  const { plain } = known;
  let { at, position } = cursor;
  for (; at < most; at++) {
    const next = plain[(states[at] ?? 0) + position] ?? 0;
    // As in `readKnown`.
    if (next === position + 1) continue;
    if (next === 0) break;
    position = next - 1;
  }
  cursor.at = at;
  cursor.position = position;
}

function note(marks: Int32Array, edge: Edge, at: number): void {
  const noted = edge.marks;
  for (let n = 0; n < noted.length; n++) marks[noted[n] ?? 0] = at;
}
