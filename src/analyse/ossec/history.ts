import type { Event } from "../../core/event.ts";
import { type Correlation, noLines } from "../correlation.ts";
import type { Rule, RuleTree } from "../rules/tree.ts";
import { homeless, type Lists, listsOf } from "./lists.ts";
import { search } from "./search.ts";

/** `analysisd.sid_prev_matched_max`: how many events are remembered of a rule that another one counts. */
const mostOfRule = 128;

/**
 * What OSSEC 4.3 remembers, oddities included: an event goes to the list of its rule or else to those of its groups, and to
 * that of all events, which holds `memory_size`. `ignore` silences a rule for every source. Time is that of arrival, in
 * whole seconds.
 */
export class OssecHistory implements Correlation {
  readonly #lists: Lists;
  readonly #size: number;
  readonly #isLive: boolean;
  readonly #silentSince = new Map<Rule, number>();
  #lines = noLines;
  /** The level of the frequency rule that counted the current event. */
  #matched = 0;

  /** `size` is OSSEC's `memory_size`; `isLive` says whether its daemon is meant or ossec-logtest. */
  constructor(tree: RuleTree, { size, isLive }: { size: number; isLive: boolean }) {
    this.#lists = listsOf(tree, size);
    this.#size = size;
    this.#isLive = isLive;
  }

  /** As if no event had come yet. */
  forget(): void {
    this.#lists.past.clear();
    for (const list of this.#lists.every) list.clear();
    this.#silentSince.clear();
  }

  begin(): void {
    this.#lists.begin();
    this.#lines = noLines;
    this.#matched = 0;
  }

  /** What a search found stays with the event, whichever rule it ends at. */
  passes(rule: Rule, event: Event): readonly string[] | undefined {
    // A plain rule that was overwritten by one that counts is not wired to any list, and fires at once.
    if (!rule.counted) return noLines;
    const { searches, past } = this.#lists;
    const question = searches[rule.number];
    const found = question && search(question, past, event, secondOf(event));
    if (!found) return undefined;
    for (const number of found.marked) this.#mark(number, rule.level);
    this.#matched = rule.level;
    this.#lines = found.lines;
    return found.lines;
  }

  ends(rule: Rule, event: Event, lines: readonly string[]): readonly string[] | undefined {
    const at = secondOf(event);
    if (this.#isMuted(rule, at)) return undefined;
    this.#remember(event, rule, at);
    return this.#lines.length > 0 ? this.#lines : lines;
  }

  /** When the time is over, ossec-logtest lets the next event pass too; the daemon is silent again at once. */
  #isMuted(rule: Rule, now: number): boolean {
    const { ignore } = rule.spec;
    if (ignore === 0) return false;
    const since = this.#silentSince.get(rule) ?? 0;
    if (since !== 0 && now - since < ignore) return true;
    this.#silentSince.set(rule, since === 0 || this.#isLive ? now : 0);
    return false;
  }

  #remember(event: Event, rule: Rule, at: number): void {
    const { all, homes, past } = this.#lists;
    if (all.size >= this.#size) this.#makeRoom(at);
    const home = homes[rule.number] ?? homeless;
    const number = past.push(event, rule, at);
    if (home.own) {
      home.own.push(number, event);
      if (home.own.size > mostOfRule) home.own.shift();
    } else {
      for (const list of home.ofGroups) list.push(number, event);
    }
    all.push(number, event);
    if (this.#matched > 0) this.#mark(number, this.#matched);
  }

  /** A rule of that level counted the event: searches of rules up to that level end there, in each of its lists. */
  #mark(number: number, level: number): void {
    const { all, homes, past } = this.#lists;
    const { own, ofGroups } = homes[past.rule(number)] ?? homeless;
    all.stopAt(number, level);
    if (own) own.stopAt(number, level);
    else for (const list of ofGroups) list.stopAt(number, level);
  }

  /** The ten oldest, and then all that are older than the largest frequency of any rule, taken for seconds. */
  #makeRoom(now: number): void {
    const { past, largest } = this.#lists;
    for (let count = 0; past.size > 0; count++) {
      if (count >= 10 && now - past.at(past.oldest) <= largest) return;
      this.#forgetOldest();
    }
  }

  /** An event that goes takes with it the oldest of each list of its groups, whichever that is. */
  #forgetOldest(): void {
    const { past, homes, all } = this.#lists;
    const { own, ofGroups } = homes[past.rule(past.oldest)] ?? homeless;
    if (own?.oldest === past.oldest) own.shift();
    if (!own) for (const list of ofGroups) list.shift();
    all.shift();
    past.shift();
  }
}

function secondOf({ at }: Event): number {
  return Math.floor(at / 1000);
}
