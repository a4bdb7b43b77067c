import type { Event } from "../core/event.ts";
import { type History, openHistory } from "./history.ts";
import type { CompositeSpec, RuleSpec } from "./rules/spec.ts";
import { subjectOf } from "./rules/subjects.ts";
import type { Node, RuleTree } from "./rules/tree.ts";

/** What a node feeds: a history, and how the event's key in it is found. */
interface Feed {
  readonly history: History;
  readonly key: (event: Event) => string | undefined;
  /** The last event that was counted, so that one that passes several rules of a group counts once. */
  lastNumber: number;
}

/** How much each history remembers, at the most. */
const bounds = { sources: 50_000, characters: 16_000_000 } as const;

const nothing: readonly string[] = [];
const source = subjectOf("source");

export interface Counters {
  /**
   * Counts an event, the `number`th, that fulfils the node's own conditions. Returns the earlier lines that made a
   * frequency rule fire (none for a plain rule), or undefined when the rule does not fire or is silent for this source.
   */
  count(node: Node, event: Event, number: number): readonly string[] | undefined;
}

/** Makes what frequency rules count with: one history for each thing that is counted, shared by the rules that count it. */
export function openCounters(tree: RuleTree): Counters {
  const composites = tree.nodes.flatMap(({ spec }) => spec.composite ?? []);
  const feeds = new Map(composites.map((one) => [nameOf(one), feedOf(one, composites)]));
  const fed = new Map(tree.nodes.map((node) => [node, feedsOf(node.spec, composites, feeds)]));
  const counting = new Map(tree.nodes.flatMap((node) => counterOf(node, feeds)));
  const silences = openHistory(1, bounds);

  return {
    count(node, event, number) {
      const { spec } = node;
      const feed = () => {
        for (const one of fed.get(node) ?? []) addTo(one, event, number);
      };
      const counter = counting.get(node);
      if (!counter) {
        feed();
        return spec.ignore === 0 ? nothing : fireOnce(spec, event, silences);
      }
      // A frequency rule is an event of its own groups only once it fires.
      const key = counter.feed.key(event);
      const previous =
        key === undefined ? undefined : counter.feed.history.fire(key, event.at, counter.question);
      if (previous) feed();
      return previous;
    },
  };
}

function counterOf(node: Node, feeds: ReadonlyMap<string, Feed>) {
  const { composite, id, ignore } = node.spec;
  const feed = composite && feeds.get(nameOf(composite));
  if (!feed) return [];
  const question = {
    rule: id,
    frequency: composite.frequency,
    timeframe: composite.timeframe * 1000,
    ignore: ignore * 1000,
  };
  return [[node, { feed, question }] as const];
}

function feedOf(composite: CompositeSpec, composites: readonly CompositeSpec[]): Feed {
  const sharing = composites.filter((other) => nameOf(other) === nameOf(composite));
  const depth = Math.max(...sharing.map(({ frequency }) => frequency));
  return { history: openHistory(depth, bounds), key: keyOf(composite.same), lastNumber: 0 };
}

function addTo(feed: Feed, event: Event, number: number): void {
  if (feed.lastNumber === number) return;
  feed.lastNumber = number;
  const key = feed.key(event);
  if (key === undefined) return;
  for (let times = event.times ?? 1; times > 0; times--) {
    feed.history.add(key, event.at, event.fullLog);
  }
}

/** A plain rule with `ignore` fires once, and is then silent for that source. */
function fireOnce(spec: RuleSpec, event: Event, silences: History): string[] | undefined {
  const key = `${spec.id} ${source(event) ?? ""}`;
  const question = { rule: spec.id, frequency: 1, timeframe: 0, ignore: spec.ignore * 1000 };
  silences.add(key, event.at, "");
  return silences.fire(key, event.at, question);
}

function feedsOf(
  spec: RuleSpec,
  composites: readonly CompositeSpec[],
  feeds: ReadonlyMap<string, Feed>,
): Feed[] {
  const wanted = composites.filter(({ target }) =>
    "sid" in target ? target.sid === spec.id : spec.groups.includes(target.group),
  );
  return [...new Set(wanted.map(nameOf))].flatMap((name) => feeds.get(name) ?? []);
}

function nameOf({ target, same }: CompositeSpec): string {
  return JSON.stringify([target, same]);
}

function keyOf(same: readonly string[]): (event: Event) => string | undefined {
  const subjects = same.map(subjectOf);
  const [only] = subjects;
  if (!only) return () => "";
  if (subjects.length === 1) return only;
  return (event) => {
    const values = subjects.map((subject) => subject(event));
    return values.includes(undefined) ? undefined : values.join("\0");
  };
}
