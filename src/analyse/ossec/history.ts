import { compilePattern } from "../../pattern/compile.ts";
import { type Correlation, noLines } from "../correlation.ts";
import type { CompositeSpec } from "../rules/spec.ts";
import type { Counted, Rule, RuleTree } from "../rules/tree.ts";
import { Pasts } from "./past.ts";
import { type Search, search } from "./search.ts";

/** OSSEC's bounds. */
interface Bounds {
  /** `memory_size`: how many events are remembered in all. */
  readonly size: number;
}

/** `analysisd.sid_prev_matched_max`: how many events are remembered of a rule that another one counts. */
const mostOfRule = 128;

/**
 * What OSSEC 4.3 remembers, oddities included: one list for each rule that is counted, one for each rule that counts a
 * group, one of all events; an event goes to the list of its rule or else to those of its groups. `ignore` silences a rule for
 * every source. Time is that of arrival, in whole seconds.
 */
export function openOssecHistory(tree: RuleTree, { size }: Bounds): Correlation {
  const lists = listsOf(tree);
  const { all, ofRule, fed, searches, longest } = lists;
  const silentSince = new Map<Rule, number>();
  let lines = noLines;
  let matched = 0;

  const forget = () => {
    const past = all.oldest;
    if (!past) return;
    all.shift();
    const own = ofRule.get(past.rule);
    if (own) own.remove(past);
    else for (const list of fed.get(past.rule) ?? []) list.shift();
  };

  const makeRoom = (now: number) => {
    if (all.size < size) return;
    for (let count = 0; all.oldest; count++) {
      if (count >= 10 && now - all.oldest.at <= longest) return;
      forget();
    }
  };

  const isMuted = (rule: Rule, now: number) => {
    const { ignore } = rule.spec;
    if (ignore === 0) return false;
    const since = silentSince.get(rule) ?? 0;
    if (since !== 0 && now - since < ignore) return true;
    silentSince.set(rule, since === 0 ? now : 0);
    return false;
  };

  return {
    begin() {
      lines = noLines;
      matched = 0;
    },
    passes(rule, event) {
      if (!rule.spec.composite || !rule.counted) return noLines;
      const question = searches.get(rule);
      const found = question && search(question, event, Math.floor(event.at / 1000));
      if (!found) return undefined;
      matched = rule.level;
      lines = found;
      return found;
    },
    ends(rule, event) {
      const at = Math.floor(event.at / 1000);
      if (isMuted(rule, at)) return undefined;
      const past = { event, rule, at, matched };
      const own = ofRule.get(rule);
      if (own) {
        own.push(past);
        if (own.size > mostOfRule) own.shift();
      } else {
        for (const list of fed.get(rule) ?? []) list.push(past);
      }
      makeRoom(at);
      all.push(past);
      return lines;
    },
  };
}

function listsOf(tree: RuleTree) {
  const all = new Pasts();
  const ofRule = new Map<Rule, Pasts>();
  const fed = new Map<Rule, Pasts[]>();
  const searches = new Map<Rule, Search>();
  let longest = 0;
  for (const rule of tree.rules.values()) {
    const { composite } = rule.spec;
    if (!composite || !rule.counted) continue;
    longest = Math.max(longest, composite.frequency);
    const list = listOf(rule.counted, all, ofRule, fed);
    if (list) searches.set(rule, searchOf(composite, rule.level, list, all));
  }
  return { all, ofRule, fed, searches, longest };
}

function listOf(
  counted: Counted,
  all: Pasts,
  ofRule: Map<Rule, Pasts>,
  fed: Map<Rule, Pasts[]>,
): Pasts | undefined {
  if (counted.by === "all") return all;
  if (counted.by === "sid") {
    if (!counted.rule) return undefined;
    const list = ofRule.get(counted.rule) ?? new Pasts();
    ofRule.set(counted.rule, list);
    return list;
  }
  const list = new Pasts();
  for (const rule of counted.rules) fed.set(rule, [...(fed.get(rule) ?? []), list]);
  return list;
}

function searchOf(composite: CompositeSpec, level: number, list: Pasts, all: Pasts): Search {
  const { target } = composite;
  return {
    list,
    composite,
    level,
    isGlobal: list === all,
    pattern: target.by === "regex" ? compilePattern("regex", target.pattern) : undefined,
    showsLast: target.by === "sid",
  };
}
