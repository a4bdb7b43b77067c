import { anyChar, charsOf, negated } from "../chars.ts";
import type { Assertion, Syntax } from "../syntax.ts";

/** A pattern cut in two. */
export interface Cut {
  readonly before: Syntax;
  /** The rest, which begins where the first part ended. */
  readonly rest: Syntax;
  /** What the rest begins with, where that is `.+` or the like. */
  readonly gap: Gap | undefined;
}

/** A greedy repeat of any character. */
export interface Gap {
  /** How many characters it takes at least. */
  readonly min: number;
  /** Whether a newline ends it; else nothing does. */
  readonly isLine: boolean;
  readonly isGroup: boolean;
  /** What stands behind it. */
  readonly after: Syntax;
}

/** Where a pattern can be cut: before each repeat without end, the last one first. What follows never looks back. */
export function cutsOf(syntax: Syntax): Cut[] {
  const parts = partsOf(syntax);
  const lookingBack = parts.findLastIndex(looksBack);
  const places = [...parts.keys()].filter((at) => at > lookingBack && at > 0);
  return places
    .filter((at) => isEndless(parts[at]))
    .map((at) => ({
      before: sequence(parts.slice(0, at)),
      rest: sequence([{ kind: "assertion", assertion: "start" }, ...parts.slice(at)]),
      gap: gapOf(parts[at], sequence(parts.slice(at + 1))),
    }))
    .reverse();
}

/** Its parts, and those of sequences in it: such as `(?:…)` makes. */
function partsOf(syntax: Syntax): readonly Syntax[] {
  return syntax.kind === "sequence" ? syntax.parts.flatMap(partsOf) : [syntax];
}

function sequence(parts: readonly Syntax[]): Syntax {
  return { kind: "sequence", parts };
}

/** Whether it is a repeat without end, or a group of one. */
function isEndless(part: Syntax | undefined): boolean {
  if (part?.kind === "group") return isEndless(part.body);
  return part?.kind === "repeat" && part.max === Number.POSITIVE_INFINITY;
}

const inLine = negated(charsOf("\n")).join();

function gapOf(part: Syntax | undefined, after: Syntax): Gap | undefined {
  const isGroup = part?.kind === "group";
  const repeat = isGroup ? part.body : part;
  if (repeat?.kind !== "repeat" || repeat.lazy || repeat.body.kind !== "char") return undefined;
  const set = repeat.body.set.join();
  const isLine = set === inLine;
  return isLine || set === anyChar.join() ? { min: repeat.min, isLine, isGroup, after } : undefined;
}

const backward: readonly Assertion[] = ["start", "lineStart", "wordEdge", "noWordEdge"];

/** Whether what it finds hangs on what stands before it. */
function looksBack(syntax: Syntax): boolean {
  switch (syntax.kind) {
    case "char":
      return false;
    case "assertion":
      return backward.includes(syntax.assertion);
    case "notAfter":
      return true;
    case "sequence":
      return syntax.parts.some(looksBack);
    case "choice":
      return syntax.branches.some(looksBack);
    case "repeat":
    case "group":
      return looksBack(syntax.body);
  }
}
