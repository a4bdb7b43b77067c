import { Failure } from "../../core/failure.ts";
import { folded } from "../chars.ts";
import { literalsOf } from "../literals.ts";
import type { Syntax } from "../syntax.ts";
import { type Automaton, buildAutomaton } from "./automaton.ts";
import { worstSteps } from "./backward.ts";
import { cutsOf } from "./cuts.ts";
import { emit } from "./emit.ts";
import { isFaithful } from "./faithful.ts";
import { gated } from "./gate.ts";
import { type Finder, openAround, openParts } from "./parts.ts";
import { hasFewPaths } from "./paths.ts";
import { openWalk } from "./walk.ts";

/** Something that matches one pattern. */
export interface Engine extends Finder {
  readonly name: "v8" | "parts" | "walk";
}

/**
 * V8's matcher where it is proved to take linear time on every text, for nothing is faster; else our own, which always
 * does, behind V8 where that can find most matches in two parts. Takes some milliseconds, and never fails where
 * `refuseCostly` did not.
 */
export function chooseEngine(syntax: Syntax): Engine {
  const automaton = buildAutomaton(syntax);
  const proved = provedForV8(syntax, automaton, isCostly(automaton) ? mostWork : usualWork);
  if (proved) return openV8(proved);
  const whole = behindGate(syntax, openWalk(automaton));
  const parts = inParts(syntax, whole);
  return { name: parts ? "parts" : "walk", ...(parts ?? whole) };
}

/** Cut where both parts can be left to V8, or else around a gap. */
function inParts(syntax: Syntax, whole: Finder): Finder | undefined {
  const cuts = cutsOf(syntax).slice(0, mostCuts);
  for (const { before, rest } of cuts) {
    const proved = provedAlone(rest);
    const first = proved && provedAlone(before);
    if (first) return gatedBy(syntax, before, openParts(openV8(first), openV8(proved), whole));
  }
  for (const { before, gap } of cuts) {
    const first = gap && provedAlone(before);
    const after = first && openWalk(buildAutomaton(gap.after));
    if (after) return gatedBy(syntax, before, openAround(gap, openV8(first), after, whole));
  }
  return undefined;
}

/** A first part that has texts of its own to look for needs no gate. */
function gatedBy(syntax: Syntax, before: Syntax, finder: Finder): Finder {
  return literalsOf(before) ? finder : behindGate(syntax, finder);
}

function provedAlone(syntax: Syntax): Syntax | undefined {
  return provedForV8(syntax, buildAutomaton(syntax), partWork);
}

/** Throws a `Failure` when even our own matcher would take too long for each character. */
export function refuseCostly(syntax: Syntax): void {
  if (plainLength(syntax) <= mostSteps) return;
  const automaton = buildAutomaton(syntax);
  if (!isCostly(automaton) || provedForV8(syntax, automaton, mostWork)) return;
  throw new Failure("the pattern may take too long: its repeats overlap too much", {
    hint: 'repeat fewer times, or without end: "{0,500}" may cost 500 times as much as one character, "*" costs one',
  });
}

function isCostly(automaton: Automaton): boolean {
  return worstSteps(automaton, mostSteps) > mostSteps;
}

/** What the proof for V8 may cost: some milliseconds, once, when the pattern is first used. */
const usualWork = 25_000;
/** And where our own matcher would take too long. */
const mostWork = 100_000;
/** And for one part of a pattern, of which the last so many ways to cut it are tried. */
const partWork = 5000;
const mostCuts = 8;

/** Steps of our own matcher for one character, of some nanoseconds each; a line has up to 6,144 characters. */
const mostSteps = 500;

/** The pattern as V8 is to match it, when that takes linear time. */
function provedForV8(syntax: Syntax, automaton: Automaton, work: number): Syntax | undefined {
  if (!isFaithful(syntax)) return undefined;
  if (hasFewPaths(automaton, work)) return syntax;
  const better = gated(syntax);
  if (emit(better) === emit(syntax)) return undefined;
  return hasFewPaths(buildAutomaton(better), work) ? better : undefined;
}

/** How many characters a text, or a choice between texts, has; infinite for all other patterns. */
function plainLength(syntax: Syntax): number {
  if (syntax.kind === "group") return plainLength(syntax.body);
  const texts = syntax.kind === "choice" ? syntax.branches : [syntax];
  return texts.reduce((sum, text) => sum + textLength(text), 0);
}

function textLength(syntax: Syntax): number {
  if (syntax.kind === "char" || syntax.kind === "assertion") return 1;
  if (syntax.kind !== "sequence") return Number.POSITIVE_INFINITY;
  return syntax.parts.reduce((sum, part) => sum + textLength(part), 0);
}

function openV8(syntax: Syntax): Engine {
  const expression = new RegExp(emit(syntax));
  let placing: RegExp | undefined;
  return {
    name: "v8",
    test: (text) => expression.test(text),
    endIn(text) {
      // With this flag it says where it ended without a list of what it found.
      placing ??= new RegExp(expression, "g");
      placing.lastIndex = 0;
      return placing.test(text) ? placing.lastIndex : -1;
    },
    find(text) {
      const found = expression.exec(text);
      return found ? { end: found.index + found[0].length, groups: groupsOf(found) } : undefined;
    },
  };
}

/** V8 looks for a text that every match has much faster than we walk. */
function behindGate(syntax: Syntax, finder: Finder): Finder {
  const literals = literalsOf(syntax) ?? [];
  const longest = Math.max(0, ...literals.map((literal) => literal.length));
  if (literals.length === 0 || literals.length * longest > mostSteps) return finder;
  const gate = new RegExp(emit(anyOf(literals)));
  return {
    test: (text) => gate.test(text) && finder.test(text),
    endIn: (text) => (gate.test(text) ? finder.endIn(text) : -1),
    find: (text) => (gate.test(text) ? finder.find(text) : undefined),
  };
}

function anyOf(literals: readonly string[]): Syntax {
  const char = (text: string): Syntax => ({
    kind: "char",
    set: folded(text.charCodeAt(0), "unicode"),
  });
  const branches = literals.map((literal): Syntax => {
    return { kind: "sequence", parts: literal.split("").map(char) };
  });
  return { kind: "choice", branches };
}

function groupsOf(found: RegExpExecArray): string[] {
  let count = 0;
  for (let at = 1; at < found.length; at++) if (found[at] !== undefined) count += 1;
  const groups: string[] = new Array(count);
  let next = 0;
  for (let at = 1; at < found.length; at++) {
    const group = found[at];
    if (group !== undefined) groups[next++] = group;
  }
  return groups;
}
