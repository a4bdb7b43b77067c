import type { Event } from "../core/event.ts";
import { type Correlation, noLines } from "./correlation.ts";
import { type History, openHistory } from "./history.ts";
import { Pool } from "./pool.ts";
import { groupTest } from "./rules/groups.ts";
import type { CompositeSpec } from "./rules/spec.ts";
import type { Rule, RuleTree } from "./rules/tree.ts";
import { type Subject, subjectOf } from "./subjects.ts";
import type { Question } from "./track.ts";

/** What a rule feeds: a history, and how the event's key in it is found. */
interface Feed {
  readonly composite: CompositeSpec;
  readonly history: History;
  readonly key: Subject;
  /** What must differ between the events that count. */
  readonly distinct: Subject | undefined;
  /** The last event that was counted, so that one that passes several rules of a group counts once. */
  lastNumber: number;
}

/** How much is remembered, at the most, of all that is counted: see `Pool` for who makes room. */
const bounds = { sources: 50_000, characters: 8_000_000 } as const;

const source = subjectOf("source");

/**
 * Our way of counting: exact and per source. A rule fires at its `frequency`th event within its time, and its count then
 * starts anew, for that source alone. An event counts for every rule it passes. `ignore` silences a rule for one source,
 * and the event then ends at the rule above. All time is event time.
 */
export function openCounters(tree: RuleTree): Correlation {
  const rules = [...tree.rules.values()];
  const pool = new Pool(bounds);
  const feeds = feedsBy(rules, pool);
  const lists = [...feeds.values()];
  const always = lists
    .filter(({ composite: { target } }) => isOfLines(target.by))
    .map((one) => ({ feed: one, holds: lineTest(one.composite) }));
  // By the numbers of the rules.
  const fed: Feed[][] = [];
  const counting: (Counting | undefined)[] = [];
  for (const rule of rules) {
    fed[rule.number] = lists.filter((one) => counts(one, rule));
    counting[rule.number] = countingOf(rule, feeds);
  }
  const silences = openHistory(1, { ...bounds, span: spanOf(rules) }, pool);
  let number = 0;

  const feed = (rule: Rule, event: Event) => {
    for (const one of fed[rule.number] ?? []) addTo(one, event, number);
  };

  const count = (rule: Rule, event: Event) => {
    const one = counting[rule.number];
    if (!one) {
      feed(rule, event);
      return rule.spec.ignore === 0 || fireOnce(rule, event, silences) ? noLines : undefined;
    }
    // A frequency rule is an event of its own groups only once it fires.
    const key = one.feed.key(event);
    const previous =
      key === undefined ? undefined : one.feed.history.fire(key, event.at, one.question);
    if (previous) feed(rule, event);
    return previous;
  };

  return {
    begin(event) {
      number += 1;
      for (const one of always) if (one.holds(event)) addTo(one.feed, event, number);
    },
    passes: count,
    ends: (_rule, _event, lines) => lines,
  };
}

/** What a frequency rule asks, and of which feed. */
interface Counting {
  readonly feed: Feed;
  readonly question: Question;
}

function countingOf(
  { spec: { composite, id, ignore } }: Rule,
  feeds: ReadonlyMap<string, Feed>,
): Counting | undefined {
  const feed = composite && feeds.get(nameOf(composite));
  if (!feed) return undefined;
  const question = {
    rule: id,
    frequency: frequencyOf(composite),
    timeframe: composite.timeframe * 1000,
    ignore: ignore * 1000,
  };
  return { feed, question };
}

/** As OSSEC's rules mean it that name none: something happened twice. */
function frequencyOf({ frequency }: CompositeSpec): number {
  return frequency === 0 ? 2 : frequency;
}

/** One feed for each thing that is counted, shared by the rules that count it. */
function feedsBy(rules: readonly Rule[], pool: Pool): Map<string, Feed> {
  const byName = Map.groupBy(rules, ({ spec }) => spec.composite && nameOf(spec.composite));
  return new Map(
    [...byName].flatMap(([name, sharing]) => (name ? [[name, feedOf(sharing, pool)]] : [])),
  );
}

function feedOf(sharing: readonly Rule[], pool: Pool): Feed {
  const [composite, ...others] = sharing.flatMap(({ spec }) => spec.composite ?? []);
  if (!composite) throw new Error("a feed belongs to a rule");
  const depth = Math.max(...[composite, ...others].map(frequencyOf));
  return {
    composite,
    history: openHistory(depth, { ...bounds, span: spanOf(sharing) }, pool),
    key: keyOf(composite.same) ?? (() => ""),
    distinct: keyOf(composite.different),
    lastNumber: 0,
  };
}

/** How long an event can matter to any of these rules, in milliseconds. */
function spanOf(rules: readonly Rule[]): number {
  const seconds = rules.map(({ spec: { composite, ignore } }) =>
    Math.max(composite?.timeframe ?? 0, ignore),
  );
  return 1000 * Math.max(0, ...seconds);
}

function nameOf({ target, same, different }: CompositeSpec): string {
  const counted = target.by === "regex" ? { regex: target.pattern.source } : target;
  return JSON.stringify([counted, same, different]);
}

function isOfLines(by: CompositeSpec["target"]["by"]): boolean {
  return by === "regex" || by === "any";
}

function lineTest({ target }: CompositeSpec): (event: Event) => boolean {
  if (target.by !== "regex") return () => true;
  const { pattern } = target;
  return ({ log }) => pattern.test(log);
}

function counts({ composite: { target } }: Feed, { spec }: Rule): boolean {
  if (target.by === "sid") return target.sid === spec.id;
  return target.by === "group" && groupTest(target.group, false)(spec);
}

function addTo(feed: Feed, event: Event, number: number): void {
  if (feed.lastNumber === number) return;
  feed.lastNumber = number;
  const key = feed.key(event);
  if (key === undefined) return;
  const distinct = feed.distinct?.(event);
  if (feed.distinct && distinct === undefined) return;
  for (let times = event.times ?? 1; times > 0; times--) {
    feed.history.add(key, event.at, event.fullLog, distinct);
  }
}

/** A plain rule with `ignore` fires once, and is then silent for that source. */
function fireOnce({ spec }: Rule, event: Event, silences: History): boolean {
  const key = `${spec.id} ${source(event) ?? ""}`;
  const question = { rule: spec.id, frequency: 1, timeframe: 0, ignore: spec.ignore * 1000 };
  silences.add(key, event.at, "");
  return silences.fire(key, event.at, question) !== undefined;
}

/** All those parts together; undefined for none to ask for. */
function keyOf(names: readonly string[]): Subject | undefined {
  const subjects = names.map(subjectOf);
  if (subjects.length < 2) return subjects[0];
  return (event) => {
    const values = subjects.map((subject) => subject(event));
    return values.includes(undefined) ? undefined : values.join("\0");
  };
}
