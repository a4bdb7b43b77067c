import type { FiredRule } from "../../core/alert.ts";

/** How often a rule took an event. */
export interface RuleCount {
  readonly id: number;
  readonly level: number;
  readonly description: string;
  readonly count: number;
}

/** Counts the rules that take events. */
export interface RuleTally {
  add(rule: FiredRule): void;
  /** The gravest first, of one level the most frequent first. */
  sorted(): RuleCount[];
}

export function tallyRules(): RuleTally {
  const counts = new Map<FiredRule, number>();
  return {
    add: (rule) => counts.set(rule, (counts.get(rule) ?? 0) + 1),
    sorted() {
      const rows = [...counts].map(([{ id, level, description }, count]) => ({
        id,
        level,
        description,
        count,
      }));
      return rows.sort((a, b) => b.level - a.level || b.count - a.count || a.id - b.id);
    },
  };
}
