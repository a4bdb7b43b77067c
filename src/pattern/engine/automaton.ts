import { Failure } from "../../core/failure.ts";
import { type CharSet, hasChar } from "../chars.ts";
import type { Assertion, Syntax } from "../syntax.ts";

/** Where an edge leads that ends the match. */
export const accept = -1;

/** A way from one character of the pattern to the next, or to the end of the match. */
export interface Edge {
  /** The position whose character comes next, or `accept`. */
  readonly target: number;
  /** Which conditions must hold between the two characters: one bit for each of `Automaton.conditions`. */
  readonly when: number;
  /** What is noted on the way: 2n where group n begins, 2n + 1 where it ends. */
  readonly marks: readonly number[];
  /** How many ways of the pattern this edge stands for. */
  readonly ways: number;
}

/** What an edge asks for: an assertion, or that the character before is not of a set. */
export type Condition = Assertion | { readonly notAfter: CharSet };

/**
 * A pattern as its characters (positions, repeats written out) and the ways between them (Glushkov's automaton), where
 * the edges of a position stand in the order in which a backtracking matcher tries them.
 */
export interface Automaton {
  /** The set of each position. */
  readonly sets: readonly CharSet[];
  readonly start: readonly Edge[];
  /** The edges behind each position. */
  readonly edges: readonly (readonly Edge[])[];
  readonly conditions: readonly Condition[];
  /** How many marks there are, group 0 included. */
  readonly marks: number;
}

/** Throws a `Failure` when the pattern's repeats make it too large. */
export function buildAutomaton(syntax: Syntax): Automaton {
  const builder: Builder = { sets: [], edges: [], conditions: [], size: 0, marks: 2 };
  const { first } = build(builder, syntax);
  const edges = builder.edges.map((list, from) =>
    list.filter((edge) => isPossible(builder, edge, from)),
  );
  return { ...builder, start: first, edges };
}

/** What edges of a part lead to that is not built yet; the same value, for there they may stay. */
const exit = accept;

/** A part of a pattern: the edges into it, with `exit` where it may be empty, and the positions that have an exit. */
interface Part {
  readonly first: readonly Edge[];
  readonly last: readonly number[];
}

interface Builder {
  readonly sets: CharSet[];
  readonly edges: (readonly Edge[])[];
  readonly conditions: Condition[];
  /** How many edges were made. */
  size: number;
  marks: number;
}

const through: Edge = { target: exit, when: 0, marks: [], ways: 1 };
const empty: Part = { first: [through], last: [] };

function build(builder: Builder, syntax: Syntax): Part {
  switch (syntax.kind) {
    case "char":
      return buildChar(builder, syntax.set);
    case "assertion":
      return condition(builder, syntax.assertion);
    case "notAfter":
      return condition(builder, { notAfter: syntax.set });
    case "sequence":
      return syntax.parts.reduce(
        (part: Part, next) => join(builder, part, build(builder, next)),
        empty,
      );
    case "choice":
      return either(
        builder,
        syntax.branches.map((branch) => build(builder, branch)),
      );
    case "repeat":
      return buildRepeat(builder, syntax);
    case "group":
      return capture(builder, syntax.index, build(builder, syntax.body));
  }
}

function buildChar(builder: Builder, set: CharSet): Part {
  const position = builder.sets.length;
  if (position >= most) throw tooLarge();
  builder.sets.push(set);
  builder.edges.push([through]);
  return { first: [{ target: position, when: 0, marks: [], ways: 1 }], last: [position] };
}

function condition(builder: Builder, wanted: Condition): Part {
  const known = builder.conditions.findIndex((other) => isSame(other, wanted));
  const bit = known >= 0 ? known : builder.conditions.push(wanted) - 1;
  return { first: [{ ...through, when: 1 << bit }], last: [] };
}

function isSame(one: Condition, other: Condition): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return one.notAfter === other.notAfter;
}

function join(builder: Builder, part: Part, next: Part): Part {
  leadTo(builder, part.last, next.first);
  const last = hasExit(next.first) ? [...part.last, ...next.last] : next.last;
  return { first: follow(builder, part.first, next.first), last };
}

function either(builder: Builder, branches: readonly Part[]): Part {
  const first = merged(
    builder,
    branches.flatMap((branch) => branch.first),
  );
  return { first, last: branches.flatMap((branch) => branch.last) };
}

function buildRepeat(
  builder: Builder,
  { body, min, max, lazy }: Syntax & { kind: "repeat" },
): Part {
  const isEndless = max === Number.POSITIVE_INFINITY;
  const optional = (part: Part) => either(builder, lazy ? [empty, part] : [part, empty]);
  let rest = empty;
  if (isEndless) {
    rest = loop(builder, build(builder, body), lazy);
    if (min === 0) rest = optional(rest);
  }
  for (let left = isEndless ? 0 : max - min; left > 0; left--) {
    rest = optional(join(builder, build(builder, body), rest));
  }
  for (let left = isEndless ? min - 1 : min; left > 0; left--) {
    rest = join(builder, build(builder, body), rest);
  }
  return rest;
}

/** Once or more. An empty turn ends it, as in PCRE2. */
function loop(builder: Builder, part: Part, lazy: boolean): Part {
  const again = lazy ? [through, ...part.first] : [...part.first, through];
  leadTo(builder, part.last, merged(builder, again));
  return part;
}

function capture(builder: Builder, index: number, part: Part): Part {
  const [begin, end] = [2 * index, 2 * index + 1];
  builder.marks = Math.max(builder.marks, end + 1);
  leadTo(builder, part.last, [{ ...through, marks: [end] }]);
  const first = part.first.map((edge) => {
    const marks = edge.target === exit ? [begin, ...edge.marks, end] : [begin, ...edge.marks];
    return { ...edge, marks };
  });
  return { first, last: part.last };
}

/** Lets the positions `last` go on with `next`. */
function leadTo(builder: Builder, last: readonly number[], next: readonly Edge[]): void {
  for (const position of last) {
    builder.edges[position] = follow(builder, builder.edges[position] ?? [], next);
  }
}

/** `edges` with what follows in the place of every exit. */
function follow(builder: Builder, edges: readonly Edge[], next: readonly Edge[]): readonly Edge[] {
  if (!hasExit(edges)) return edges;
  if (edges.length === 1 && edges[0] === through) return next;
  const all = edges.flatMap((edge) =>
    edge.target === exit ? next.map((on) => chain(edge, on)) : [edge],
  );
  return merged(builder, all);
}

function chain(edge: Edge, next: Edge): Edge {
  return {
    target: next.target,
    when: edge.when | next.when,
    marks: edge.marks.length === 0 ? next.marks : [...edge.marks, ...next.marks],
    ways: edge.ways * next.ways,
  };
}

/** One edge for all that lead to the same place under the same conditions: the first of them is always taken. */
function merged(builder: Builder, edges: readonly Edge[]): readonly Edge[] {
  builder.size += edges.length;
  if (builder.size > largest) throw tooLarge();
  const byPlace = new Map<string, Edge>();
  for (const edge of edges) {
    const place = `${edge.target} ${edge.when}`;
    const known = byPlace.get(place);
    byPlace.set(place, known ? { ...known, ways: known.ways + edge.ways } : edge);
  }
  return [...byPlace.values()];
}

/** So many positions and edges at most: more would make one line cost too much. */
const most = 10_000;
const largest = 50_000;

function tooLarge(): Failure {
  return new Failure("the pattern is too large once its repeats are written out", {
    hint: 'repeat fewer times, or without end: "{0,500}" may cost 500 times as much as one character, "*" costs one',
  });
}

function hasExit(edges: readonly Edge[]): boolean {
  return edges.some((edge) => edge.target === exit);
}

/** Whether the conditions of an edge behind a character can ever hold. */
function isPossible({ conditions, sets }: Builder, edge: Edge, from: number): boolean {
  const before = sets[from] ?? [];
  const after = sets[edge.target];
  return conditions.every(
    (wanted, bit) => (edge.when & (1 << bit)) === 0 || canHold(wanted, before, after),
  );
}

/** Whether it can hold between characters of two sets, or between the first and the end of the match. */
function canHold(wanted: Condition, before: CharSet, after: CharSet | undefined): boolean {
  switch (wanted) {
    case "start":
      return false;
    case "lineStart":
      return hasChar(before, newline);
    case "end":
      return after === undefined;
    case "finalEnd":
    case "lineEnd":
      return after === undefined || hasChar(after, newline);
    default:
      return true;
  }
}

const newline = 0x0a;
