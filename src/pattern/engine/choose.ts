import type { Found } from "../pattern.ts";
import type { Syntax } from "../syntax.ts";
import { buildAutomaton } from "./automaton.ts";
import { emit } from "./emit.ts";
import { isFaithful } from "./faithful.ts";
import { gated } from "./gate.ts";
import { hasFewPaths } from "./paths.ts";
import { openWalk } from "./walk.ts";

/** Something that matches one pattern. */
export interface Engine {
  readonly name: "v8" | "walk";
  test(text: string): boolean;
  find(text: string): Found | undefined;
}

/**
 * V8's matcher where it is proved to take linear time on every text, for nothing is faster; else our own, which always
 * does.
 */
export function chooseEngine(syntax: Syntax): Engine {
  const automaton = buildAutomaton(syntax);
  if (isFaithful(syntax)) {
    if (hasFewPaths(automaton)) return openV8(syntax);
    const better = gated(syntax);
    if (hasFewPaths(buildAutomaton(better))) return openV8(better);
  }
  return { name: "walk", ...openWalk(automaton) };
}

function openV8(syntax: Syntax): Engine {
  const expression = new RegExp(emit(syntax));
  return {
    name: "v8",
    test: (text) => expression.test(text),
    find(text) {
      const found = expression.exec(text);
      return found ? { end: found.index + found[0].length, groups: groupsOf(found) } : undefined;
    },
  };
}

function groupsOf(found: RegExpExecArray): string[] {
  const groups: string[] = [];
  for (let at = 1; at < found.length; at++) {
    const group = found[at];
    if (group !== undefined) groups.push(group);
  }
  return groups;
}
