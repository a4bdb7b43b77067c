import { compilePattern } from "../../pattern/compile.ts";
import type { CompositeSpec } from "../rules/spec.ts";
import type { Counted, Rule, RuleTree } from "../rules/tree.ts";
import { commonBy, differenceBy } from "./alike.ts";
import { Pasts } from "./past.ts";
import type { Search } from "./search.ts";

/** The lists in which OSSEC remembers events, and who asks which. */
export interface Lists {
  readonly all: Pasts;
  readonly every: ReadonlySet<Pasts>;
  /** Of each rule that another one counts. */
  readonly ofRule: ReadonlyMap<Rule, Pasts>;
  /** The lists of the groups a rule belongs to, one for each rule that counts the group and each place of this one. */
  readonly ofGroups: ReadonlyMap<Rule, readonly Pasts[]>;
  readonly searches: ReadonlyMap<Rule, Search>;
  /** The largest frequency of all rules. */
  readonly largest: number;
}

export function listsOf(tree: RuleTree): Lists {
  const all = new Pasts();
  const ofRule = new Map<Rule, Pasts>();
  const ofGroups = new Map<Rule, Pasts[]>();
  const searches = new Map<Rule, Search>();
  let largest = 0;
  for (const rule of tree.rules.values()) {
    const { composite } = rule.spec;
    largest = Math.max(largest, composite?.frequency ?? 0);
    const list = rule.counted && listOf(rule.counted, { all, ofRule, ofGroups });
    if (composite && list) searches.set(rule, searchOf(composite, rule.level, list, list === all));
  }
  const every = new Set([all, ...ofRule.values(), ...[...ofGroups.values()].flat()]);
  return { all, every, ofRule, ofGroups, searches, largest };
}

/** Undefined for a rule that was read later than the one that counts it: OSSEC then never finds anything. */
function listOf(
  counted: Counted,
  lists: { all: Pasts; ofRule: Map<Rule, Pasts>; ofGroups: Map<Rule, Pasts[]> },
): Pasts | undefined {
  if (counted.by === "all") return lists.all;
  if (counted.by === "sid") {
    if (!counted.rule) return undefined;
    const known = lists.ofRule.get(counted.rule) ?? new Pasts();
    lists.ofRule.set(counted.rule, known);
    return known;
  }
  const list = new Pasts();
  for (const rule of counted.rules) {
    lists.ofGroups.set(rule, [...(lists.ofGroups.get(rule) ?? []), list]);
  }
  return list;
}

function searchOf(composite: CompositeSpec, level: number, list: Pasts, isGlobal: boolean): Search {
  const { target, timeframe, frequency } = composite;
  const common = commonBy(composite, isGlobal);
  if (common) list.index(common.name, common.key);
  return {
    list,
    timeframe,
    frequency,
    level,
    isGlobal,
    index: common?.name,
    differ: differenceBy(composite),
    pattern: target.by === "regex" ? compilePattern("regex", target.pattern) : undefined,
    showsLast: target.by === "sid",
  };
}
