import { hasChar } from "../../src/pattern/chars.ts";
import { type Automaton, accept, type Edge } from "../../src/pattern/engine/automaton.ts";
import { type Holding, openConditions } from "../../src/pattern/engine/conditions.ts";

/**
 * How many edges a backtracking matcher tries on a text until it has its match or gives up; no more than `most`. It does
 * what V8 does, in the open.
 */
export function stepsOn(automaton: Automaton, text: string, most: number): number {
  const count: Count = { steps: 0, most };
  const holding = openConditions(automaton.conditions);
  for (let start = 0; start <= text.length && count.steps < most; start++) {
    if (search({ automaton, text, holding }, start, count)) break;
  }
  return Math.min(count.steps, most);
}

interface Count {
  steps: number;
  readonly most: number;
}

interface Given {
  readonly automaton: Automaton;
  readonly text: string;
  readonly holding: Holding;
}

interface Choice {
  readonly at: number;
  readonly edges: readonly Edge[];
  next: number;
}

/** Tries one start, and says whether that ended in a match. */
function search(given: Given, start: number, count: Count): boolean {
  const stack: Choice[] = [{ at: start, edges: given.automaton.start, next: 0 }];
  for (let top = stack.at(-1); top && count.steps < count.most; top = stack.at(-1)) {
    const edge = top.edges[top.next++];
    count.steps += edge?.ways ?? 0;
    if (!edge) stack.pop();
    else if (isOpen(given, edge, top.at) && follow(given, edge, top.at + 1, stack)) return true;
  }
  return false;
}

/** Goes on behind an edge, and says whether that ended in a match. */
function follow(
  { automaton }: Given,
  { target, ways }: Edge,
  at: number,
  stack: Choice[],
): boolean {
  const edges = automaton.edges[target] ?? [];
  for (let way = 0; way < ways; way++) stack.push({ at, edges, next: 0 });
  return target === accept;
}

function isOpen({ automaton, text, holding }: Given, { target, when }: Edge, at: number): boolean {
  if ((when & ~holding.at(text, at)) !== 0) return false;
  return target === accept || hasChar(automaton.sets[target] ?? [], text.charCodeAt(at));
}
