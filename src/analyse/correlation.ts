import type { Event } from "../core/event.ts";
import type { Rule } from "./rules/tree.ts";

/** What judging remembers from event to event. There are two ways: ours (`counters.ts`) and OSSEC's (`ossec/`). */
export interface Correlation {
  /** An event comes, before any rule is tried. */
  begin(event: Event): void;
  /**
   * The event fulfils the rule's own conditions. Returns the earlier lines that made a frequency rule fire, newest first
   * (none for a plain rule), or undefined when the rule does not fire after all.
   */
  passes(rule: Rule, event: Event): readonly string[] | undefined;
  /**
   * The event ended at this rule, with those earlier lines. Returns the lines to show, or undefined when nothing shall be
   * told of it.
   */
  ends(rule: Rule, event: Event, lines: readonly string[]): readonly string[] | undefined;
}

export const noLines: readonly string[] = [];
