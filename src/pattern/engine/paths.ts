import { hasChar } from "../chars.ts";
import { type Automaton, accept, type Condition, type Edge } from "./automaton.ts";
import { classify } from "./classes.ts";

/**
 * Proves that a backtracking matcher needs at most `mostSteps` steps for each character of any text, or says that it
 * cannot be proved.
 *
 * A backtracking matcher walks a tree: its nodes are the ways to read the first n characters, from any start, and it
 * walks them from the first choice to the last until one ends in a match. So it never sees what comes behind a way that
 * matched. Reading all texts at once, one character at a time, this counts the ways that are alive after each and what
 * trying their edges costs. When no text leads to counts that were not seen before, the largest is the bound. Patterns
 * that are quadratic or worse have texts whose counts grow for ever, and are given up.
 *
 * The proof is given up after `mostWork` ways were read, at some 3,000 a millisecond.
 *
 * Where it is not known whether a condition holds, both is assumed: the way goes on and costs, but no match behind it
 * ends the search.
 */
export function hasFewPaths(automaton: Automaton, mostWork: number): boolean {
  if (automaton.conditions.length > mostConditions) return false;
  const alphabet = alphabetOf(automaton);
  const certain = certainOf(automaton);
  const seen = new Set<string>();
  const open: Alive[] = [{ ways: new Map([[beginning, 1]]), doubtful: new Set(), broken: 0 }];
  let work = 0;
  for (let alive = open.pop(); alive; alive = open.pop()) {
    const tried = tryEdges(automaton, certain, alive);
    if (isTooMuch(tried)) return false;
    const all = read(tried, alphabet);
    work += all.reduce((sum, { ways }) => sum + 1 + ways.size, 0);
    if (work > mostWork) return false;
    open.push(...all.filter((next) => isNew(seen, next)));
  }
  return true;
}

function isNew(seen: Set<string>, alive: Alive): boolean {
  return seen.size < seen.add(keyOf(alive)).size;
}

function keyOf({ ways, doubtful, broken }: Alive): string {
  let key = `${broken}`;
  for (const [position, count] of ways) {
    key += doubtful.has(position) ? `;${position}?${count}` : `;${position},${count}`;
  }
  return key;
}

/** Edges that a backtracking matcher tries for each character of a text, at a few nanoseconds each. */
const mostSteps = 256;
/** Ways to one position. Who has more has mostly no bound, and it need not be counted up to `mostSteps`. */
const mostWays = 16;
/** As many as an edge has bits for. */
const mostConditions = 31;

/** These stand where a position does: the beginning of the text, and the search for a later start of the match. */
const beginning = -2;
const search = -3;

/** What is alive behind a character. */
interface Alive {
  /** How many ways lead to each position, in the order in which a matcher tries the first of each. */
  readonly ways: ReadonlyMap<number, number>;
  /** The positions whose first way may not be there, for it had to pass a condition. */
  readonly doubtful: ReadonlySet<number>;
  /** The conditions that do not hold here, whatever follows. */
  readonly broken: number;
}

/** What a matcher tries with the next character. */
interface Tried {
  /** How many ways lead to each position, if the character fits, in their order. */
  readonly ways: Map<number, number>;
  readonly doubtful: Set<number>;
  /** How many edges are tried for that. */
  steps: number;
}

/** The classes of characters: a text is nothing else to the proof. */
interface Alphabet {
  /** For each position the letters that it takes. */
  readonly letters: readonly (readonly number[])[];
  /** For each letter the conditions that do not hold behind it, whatever follows. */
  readonly broken: readonly number[];
}

function alphabetOf({ sets, conditions }: Automaton): Alphabet {
  const behind = conditions.flatMap((wanted) =>
    typeof wanted === "object" ? [wanted.notAfter] : [],
  );
  const { samples, positions } = classify(sets, behind);
  const letters = sets.map((): number[] => []);
  for (const [letter, all] of positions.entries()) {
    for (const position of all) letters[position]?.push(letter);
  }
  return { letters, broken: samples.map((sample) => brokenBehind(conditions, sample)) };
}

function brokenBehind(conditions: readonly Condition[], char: number): number {
  return conditions.reduce((broken, wanted, bit) => {
    const isBroken =
      wanted === "start" || (typeof wanted === "object" && hasChar(wanted.notAfter, char));
    return isBroken ? broken | (1 << bit) : broken;
  }, 0);
}

/** The conditions that hold wherever they are not broken: what stands before a place decides on them alone. */
function certainOf({ conditions }: Automaton): number {
  return conditions.reduce(
    (bits, wanted, bit) =>
      wanted === "start" || typeof wanted === "object" ? bits | (1 << bit) : bits,
    0,
  );
}

/** All edges in their order, up to the first that surely ends in a match: nothing is tried behind that. */
function tryEdges(automaton: Automaton, certain: number, alive: Alive): Tried {
  const tried: Tried = { ways: new Map(), doubtful: new Set(), steps: 0 };
  for (const [position, count] of alive.ways) {
    const edges = edgesBehind(automaton, position);
    const isThere = !alive.doubtful.has(position);
    tried.steps += count * edges.reduce((sum, { ways }) => sum + ways, 0);
    for (const edge of edges.filter(({ when }) => (when & alive.broken) === 0)) {
      const isSure = isThere && (edge.when & ~certain) === 0;
      if (edge.target === accept && isSure) return tried;
      add(tried, edge.target, count * edge.ways, isSure);
    }
  }
  add(tried, search, 1, true);
  return tried;
}

function add({ ways, doubtful }: Tried, target: number, count: number, isSure: boolean): void {
  if (!isSure && !ways.has(target)) doubtful.add(target);
  ways.set(target, (ways.get(target) ?? 0) + count);
}

function edgesBehind({ start, edges }: Automaton, position: number): readonly Edge[] {
  return (position < 0 ? start : edges[position]) ?? [];
}

function isTooMuch({ ways, steps }: Tried): boolean {
  if (steps > mostSteps) return true;
  for (const [target, count] of ways) if (count > mostWays && target !== accept) return true;
  return false;
}

/** What may be alive one letter later: for each letter that some position takes, and for all the others. */
function read({ ways, doubtful }: Tried, { letters, broken }: Alphabet): Alive[] {
  const next = new Map<number, Map<number, number>>();
  for (const [target, count] of ways) {
    for (const letter of letters[target] ?? []) {
      const there = next.get(letter) ?? new Map<number, number>();
      next.set(letter, there.set(target, count));
    }
  }
  const rest: [number, number][] = ways.has(search) ? [[search, 1]] : [];
  const taken = [...next].map(([letter, there]) => ({
    ways: new Map([...there, ...rest]),
    doubtful,
    broken: broken[letter] ?? 0,
  }));
  return [
    ...taken,
    ...[...new Set(broken)].map((bits) => ({ ways: new Map(rest), doubtful, broken: bits })),
  ];
}
