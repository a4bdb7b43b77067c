import type { RuleSpec } from "../analyse/rules/spec.ts";
import type { RuleTree } from "../analyse/rules/tree.ts";
import { printable } from "../core/printable.ts";

/** What a frequency rule counts, a pattern as it is written; null for any other rule. */
export function countsIn({ composite }: RuleSpec) {
  if (!composite) return null;
  const { target, ...others } = composite;
  const shown = target.by === "regex" ? { ...target, pattern: target.pattern.source } : target;
  return { target: shown, ...others };
}

export type Counts = NonNullable<ReturnType<typeof countsIn>>;

/** "events of rule 5716: fires at number 8 within 120 s of the same source_ip" */
export function countsInWords(counts: Counts, compatible: boolean): string {
  const { target, frequency, timeframe, same, different } = counts;
  // OSSEC fires two events later than it is written.
  const times = frequency === 0 ? 2 : frequency + (compatible ? 2 : 0);
  const alike = same.length === 0 ? "" : ` of the same ${same.join(", ")}`;
  const unlike = different.length === 0 ? "" : ` with another ${different.join(", ")}`;
  return `${whatCounts(target)}: fires at number ${times} within ${timeframe} s${alike}${unlike}`;
}

/** The same of the rule with this id; undefined where it counts nothing. */
export function countsOfRule(id: number, { rules, compatible }: RuleTree): string | undefined {
  const spec = rules.get(id)?.spec;
  const counts = spec && countsIn(spec);
  return counts ? countsInWords(counts, compatible) : undefined;
}

function whatCounts(target: Counts["target"]): string {
  switch (target.by) {
    case "sid":
      return `events of rule ${target.sid}`;
    case "group":
      return `events of the group ${printable(target.group)}`;
    case "regex":
      return `lines that fit ${printable(target.pattern)}`;
    case "any":
      return "all events";
  }
}
