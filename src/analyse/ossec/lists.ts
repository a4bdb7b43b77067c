import type { CompositeSpec } from "../rules/spec.ts";
import type { Counted, Rule, RuleTree } from "../rules/tree.ts";
import { commonBy, differenceBy } from "./alike.ts";
import { Pasts } from "./past.ts";
import type { Search } from "./search.ts";

/** The lists in which OSSEC remembers events, and who asks which. */
export interface Lists {
  readonly all: Pasts;
  readonly every: ReadonlySet<Pasts>;
  readonly homes: (rule: Rule) => Homes;
  readonly searches: ReadonlyMap<Rule, Search>;
  /** The largest frequency of all rules. */
  readonly largest: number;
}

/** Where the events of a rule go, besides the list of all: to the first of these, or else to the others. */
interface Homes {
  /** Of a rule that another one counts. */
  readonly own: Pasts | undefined;
  /** The lists of the groups it belongs to, one for each rule that counts the group and each place of this one. */
  readonly ofGroups: readonly Pasts[];
}

const nowhere: Homes = { own: undefined, ofGroups: [] };

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
  const homesOf = (rule: Rule): Homes => ({
    own: ofRule.get(rule),
    ofGroups: ofGroups.get(rule) ?? [],
  });
  const every = new Set([all, ...ofRule.values(), ...[...ofGroups.values()].flat()]);
  const homes = new Map([...tree.rules.values()].map((rule) => [rule, homesOf(rule)]));
  return { all, every, homes: (rule) => homes.get(rule) ?? nowhere, searches, largest };
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
  return {
    list,
    timeframe,
    frequency,
    level,
    isGlobal,
    index: common && list.index(common.name, common.key),
    differ: differenceBy(composite),
    pattern: target.by === "regex" ? target.pattern : undefined,
    showsLast: target.by === "sid",
  };
}
