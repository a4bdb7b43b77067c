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
 */
export function hasFewPaths(automaton: Automaton): boolean {
  if (automaton.conditions.length > mostConditions) return false;
  const alphabet = alphabetOf(automaton);
  const seen = new Set<string>();
  const open: Alive[] = [{ ways: new Map([[beginning, 1]]), broken: 0 }];
  let work = 0;
  for (let alive = open.pop(); alive; alive = open.pop()) {
    const tried = tryEdges(automaton, alive);
    work += tried.ways.size;
    if (isTooMuch(tried) || work > mostWork) return false;
    for (const next of read(tried, alphabet)) {
      const key = `${next.broken};${[...next.ways].join(";")}`;
      if (!seen.has(key)) open.push(next);
      seen.add(key);
    }
  }
  return true;
}

/** Steps of a backtracking matcher for each character of the text: of a few nanoseconds each. */
const mostSteps = 256;
/** Ways to one position. Who has more has mostly no bound, and it need not be counted up to `mostSteps`. */
const mostWays = 4;
/** What the proof itself may cost: some milliseconds, once, when the pattern is first used. */
const mostWork = 20_000;
/** As many as an edge has bits for. */
const mostConditions = 31;

/** These stand where a position does: the beginning of the text, and the search for a later start of the match. */
const beginning = -2;
const search = -3;

/** What is alive behind a character. */
interface Alive {
  /** How many ways lead to each position, in the order in which a matcher tries the first of each. */
  readonly ways: ReadonlyMap<number, number>;
  /** The conditions that do not hold here, whatever follows. */
  readonly broken: number;
}

/** What a matcher tries with the next character. */
interface Tried {
  /** How many ways lead to each position, if the character fits, in their order. */
  readonly ways: ReadonlyMap<number, number>;
  readonly steps: number;
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

/** All edges in their order, up to the first that ends in a match whatever follows: nothing is tried behind that. */
function tryEdges(automaton: Automaton, alive: Alive): Tried {
  const ways = new Map<number, number>();
  let steps = 0;
  for (const [position, count] of alive.ways) {
    steps += count;
    const edges = edgesBehind(automaton, position, alive.broken);
    const match = edges.findIndex(({ target, when }) => target === accept && when === 0);
    for (const edge of match < 0 ? edges : edges.slice(0, match)) {
      ways.set(edge.target, (ways.get(edge.target) ?? 0) + count * edge.ways);
      steps += count * edge.ways;
    }
    if (match >= 0) return { ways, steps };
  }
  ways.set(search, 1);
  return { ways, steps };
}

function edgesBehind(
  { start, edges }: Automaton,
  position: number,
  broken: number,
): readonly Edge[] {
  const all = (position < 0 ? start : edges[position]) ?? [];
  return broken === 0 ? all : all.filter((edge) => (edge.when & broken) === 0);
}

function isTooMuch({ ways, steps }: Tried): boolean {
  if (steps > mostSteps) return true;
  for (const [target, count] of ways) if (count > mostWays && target !== accept) return true;
  return false;
}

/** What may be alive one letter later: for each letter that some position takes, and for all the others. */
function read({ ways }: Tried, { letters, broken }: Alphabet): Alive[] {
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
    broken: broken[letter] ?? 0,
  }));
  return [...taken, ...[...new Set(broken)].map((bits) => ({ ways: new Map(rest), broken: bits }))];
}
