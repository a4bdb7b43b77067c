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
  const { length: start } = automaton.sets;
  const marks = new Int32Array(automaton.marks);
  return {
    test: backward.test,
    find(text) {
      const from = backward.read(text);
      if (from < 0) return undefined;
      marks.fill(-1);
      return { end: walk(backward, text, { from, start }, marks), groups: groupsOf(marks, text) };
    },
  };
}

/** Walks from an index, at the number that stands for the pattern's start. Returns where the match ends. */
function walk(
  backward: Backward,
  text: string,
  { from, start }: { from: number; start: number },
  marks: Int32Array,
): number {
  const { holding } = backward;
  const states = backward.states();
  const known = backward.known();
  const { plain, width } = known;
  const most = holding.onlyAtEnds ? text.length - 1 : 0;
  let position = start;
  for (let at = from; ; at++) {
    const held = at > 0 && at < most ? 0 : holding.at(text, at);
    const edge = known.take(states[at] ?? 0, position, held);
    note(marks, edge, at);
    position = edge.target;
    if (position === accept) return at;
    for (; at + 1 < most; at++) {
      const next = plain[(states[at + 1] ?? 0) * width + position] ?? 0;
      if (next === 0) break;
      position = next - 1;
    }
  }
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
