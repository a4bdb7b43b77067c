import { hostname } from "node:os";
import type { Event } from "../core/event.ts";
import { openPrefilter, type Prefilter } from "../pattern/prefilter.ts";
import { compileTree, mayMatch, type Place, type ReadyTree } from "./compile.ts";
import { type Children, Contexts } from "./contexts.ts";
import { type Correlation, noLines } from "./correlation.ts";
import { openCounters } from "./counters.ts";
import { OssecHistory } from "./ossec/history.ts";
import { openRepeats } from "./ossec/repeats.ts";
import type { RuleTree } from "./rules/tree.ts";
import { alertOf, type Levels, type Verdict } from "./verdict.ts";

export type { Levels, Verdict } from "./verdict.ts";

/** Is told of every rule that is tried: what failed, or undefined when all its own conditions hold. */
export type Trace = (rule: number, failed: string | undefined) => void;

export interface AnalysisOptions {
  /** For OSSEC's way of counting: how many events are remembered in all. */
  readonly memorySize?: number;
  /** For OSSEC's way: whether it is its daemon's, which drops repeated lines, and not that of ossec-logtest. */
  readonly isLive?: boolean;
  readonly trace?: Trace | undefined;
}

/**
 * Makes the analysis of events by rules. It remembers what frequency rules count. An event walks the trees of its
 * category: the first rule that matches takes it and asks its children; the deepest match wins. Throws a `Failure` for a
 * pattern that cannot be compiled.
 */
export function openAnalysis(
  tree: RuleTree,
  levels: Levels,
  { memorySize = 8192, isLive = false, trace }: AnalysisOptions = {},
): (event: Event) => Verdict {
  const { compatible } = tree;
  const host = hostname().split(".", 1)[0] ?? "";
  const ready = compileTree(tree, levels, { compatible, host });
  const correlation = compatible
    ? new OssecHistory(tree, { size: memorySize, isLive })
    : openCounters(tree);
  const walk = new Walk(ready, correlation, trace);
  const isRepeated = compatible && isLive ? openRepeats() : () => false;
  return (event) => {
    if (isRepeated(event)) return nothing;
    walk.begin(event);
    for (const { place, category } of ready.roots) {
      if (category !== event.category) continue;
      const last = walk.try(place, event, noLines);
      if (last) return verdictOf(last, walk.lines, event, correlation);
    }
    return nothing;
  };
}

const nothing: Verdict = { rule: undefined, alert: undefined };

function verdictOf(
  { ready: { rule, manner } }: Place,
  lines: readonly string[],
  event: Event,
  correlation: Correlation,
): Verdict {
  if (rule.level === 0) return { rule: manner.rule, alert: undefined };
  const shown = correlation.ends(rule, event, lines);
  return { rule: manner.rule, alert: shown && alertOf(manner, event, shown) };
}

/** The way of one event through the rules. It is one object for all events: nothing is made anew for each. */
class Walk {
  /** The earlier lines that made the rule fire that the last `try` ended at. */
  lines: readonly string[] = noLines;
  readonly #correlation: Correlation;
  readonly #prefilter: Prefilter;
  readonly #trace: Trace | undefined;
  readonly #contexts: Contexts;
  #children: Children = [];

  constructor(ready: ReadyTree, correlation: Correlation, trace: Trace | undefined) {
    this.#correlation = correlation;
    this.#prefilter = openPrefilter(ready.gated);
    this.#contexts = new Contexts(ready);
    this.#trace = trace;
  }

  begin(event: Event): void {
    this.#prefilter.scan(event.log);
    this.#children = this.#contexts.childrenFor(event);
    this.#correlation.begin(event);
  }

  /** The place the event ends at, in the tree below this one; undefined when it does not match. */
  try(place: Place, event: Event, inherited: readonly string[]): Place | undefined {
    if (!this.#holds(place, event)) return undefined;
    const { rule, noalert } = place.ready;
    const own = this.#correlation.passes(rule, event);
    if (own === undefined) return undefined;
    const lines = own.length > 0 ? own : inherited;
    for (const child of this.#worthTrying(place, event)) {
      const last = this.try(child, event, lines);
      if (last) return last;
    }
    if (noalert) return undefined;
    this.lines = lines;
    return place;
  }

  #holds({ ready }: Place, event: Event): boolean {
    if (this.#trace) return this.#traced(ready, event, this.#trace);
    for (const gate of ready.gates) if (!this.#prefilter.mayMatch(gate)) return false;
    for (const check of ready.checks) if (!check.holds(event)) return false;
    return true;
  }

  #traced({ rule, checks }: Place["ready"], event: Event, trace: Trace): boolean {
    const failed = checks.find((check) => !check.holds(event));
    trace(rule.spec.id, failed?.name);
    return failed === undefined;
  }

  #worthTrying(place: Place, event: Event): readonly Place[] {
    const known = this.#children[place.index];
    if (known) return known;
    const found = place.children.filter(({ ready }) => mayMatch(ready, event));
    this.#children[place.index] = found;
    return found;
  }
}
