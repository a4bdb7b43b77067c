import type { CompositeSpec } from "../rules/spec.ts";
import type { Counted, Rule, RuleTree } from "../rules/tree.ts";
import { type Common, differentIn, openCommons, subjectOf } from "./alike.ts";
import { Past } from "./past.ts";
import { PastList } from "./past-list.ts";
import type { Search } from "./search.ts";

/** The lists in which OSSEC remembers events, and who asks which. */
export interface Lists {
  readonly past: Past;
  readonly all: PastList;
  readonly every: ReadonlySet<PastList>;
  /** By the numbers of the rules. */
  readonly homes: readonly (Homes | undefined)[];
  readonly searches: readonly (Search | undefined)[];
  /** What events have in common is the next one's from now on. */
  readonly begin: () => void;
  /** The largest frequency of all rules. */
  readonly largest: number;
}

/** Where the events of a rule go, besides the list of all: to the first of these, or else to the others. */
export interface Homes {
  /** Of a rule that another one counts. */
  readonly own: PastList | undefined;
  /** The lists of the groups it belongs to, one for each rule that counts the group and each place of this one. */
  readonly ofGroups: readonly PastList[];
}

export const homeless: Homes = { own: undefined, ofGroups: [] };

/** `size` is how many events are remembered. */
export function listsOf(tree: RuleTree, size: number): Lists {
  const all = new PastList();
  const ofRule = new Map<Rule, PastList>();
  const ofGroups = new Map<Rule, PastList[]>();
  const searches: (Search | undefined)[] = [];
  const homes: (Homes | undefined)[] = [];
  const composites = [...tree.rules.values()].flatMap(({ spec }) => spec.composite ?? []);
  const commons = openCommons();
  const columns = [...new Set(composites.flatMap(differentIn))];
  for (const rule of tree.rules.values()) {
    const { composite } = rule.spec;
    const list = rule.counted && listOf(rule.counted, { all, ofRule, ofGroups });
    if (!composite || !list) continue;
    const isGlobal = list === all;
    const common = commons.of(composite, isGlobal);
    searches[rule.number] = searchOf(rule, composite, { columns, list, common, isGlobal });
  }
  for (const rule of tree.rules.values()) {
    homes[rule.number] = { own: ofRule.get(rule), ofGroups: ofGroups.get(rule) ?? [] };
  }
  const every = new Set([all, ...ofRule.values(), ...[...ofGroups.values()].flat()]);
  const log = composites.some(({ target }) => target.by === "regex");
  const past = new Past(size, { log, different: columns.map(subjectOf) });
  const largest = Math.max(0, ...composites.map(({ frequency }) => frequency));
  return { past, all, every, homes, searches, begin: commons.begin, largest };
}

/** Undefined for a rule that was read later than the one that counts it: OSSEC then never finds anything. */
function listOf(
  counted: Counted,
  lists: { all: PastList; ofRule: Map<Rule, PastList>; ofGroups: Map<Rule, PastList[]> },
): PastList | undefined {
  if (counted.by === "all") return lists.all;
  if (counted.by === "sid") {
    if (!counted.rule) return undefined;
    const known = lists.ofRule.get(counted.rule) ?? new PastList();
    lists.ofRule.set(counted.rule, known);
    return known;
  }
  const list = new PastList();
  for (const rule of counted.rules) {
    lists.ofGroups.set(rule, [...(lists.ofGroups.get(rule) ?? []), list]);
  }
  return list;
}

function searchOf(
  { level }: Rule,
  composite: CompositeSpec,
  {
    list,
    common,
    columns,
    isGlobal,
  }: {
    readonly list: PastList;
    readonly common: Common | undefined;
    readonly columns: readonly string[];
    readonly isGlobal: boolean;
  },
): Search {
  const { target, timeframe, frequency } = composite;
  return {
    list,
    timeframe,
    frequency,
    level,
    isGlobal,
    index: common && list.index(common),
    different: differentIn(composite).map((name) => {
      return { column: columns.indexOf(name), read: subjectOf(name) };
    }),
    pattern: target.by === "regex" ? target.pattern : undefined,
    showsLast: target.by === "sid",
  };
}
