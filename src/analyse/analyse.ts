import type { Event } from "../core/event.ts";
import { openPrefilter, type Prefilter } from "../pattern/prefilter.ts";
import { mayMatch, type Place, type Ready, type ReadyTree } from "./compile.ts";
import { type Children, Contexts, type Siblings, siblingsOf } from "./contexts.ts";
import { type Correlation, noLines } from "./correlation.ts";
import { openCounters } from "./counters.ts";
import { type Memory, openMemory } from "./memory.ts";
import { OssecHistory } from "./ossec/history.ts";
import { openRepeats } from "./ossec/repeats.ts";
import { openOssecRemembering, openRemembering, type Remembering } from "./remembering.ts";
import type { Rule } from "./rules/tree.ts";
import { alertOf, type Verdict } from "./verdict.ts";

export type { Verdict } from "./verdict.ts";

/**
 * Is told of every rule that is tried: what failed, or undefined when all its own conditions hold; and then once more
 * when it does not fire for what came before.
 */
type Trace = (rule: number, failed: string | undefined) => void;

export interface AnalysisOptions {
  /** For OSSEC's way of counting: how many events are remembered in all. */
  readonly memorySize?: number;
  /** For OSSEC's way: whether it is its daemon's, which drops repeated lines, and not that of ossec-logtest. */
  readonly isLive?: boolean;
  /** What rules remember for good; without one it is forgotten with the rest. */
  readonly memory?: Memory | undefined;
  readonly trace?: Trace | undefined;
}

/** Judges events, and remembers what it needs to. */
export interface Analysis {
  judge(event: Event): Verdict;
  /** Forgets every event it has seen. */
  forget(): void;
}

/**
 * Makes the analysis of events by rules. It remembers what frequency rules count. An event walks the trees of its
 * category: the first rule that matches takes it and asks its children; the deepest match wins.
 */
export function openAnalysis(
  ready: ReadyTree,
  { memorySize = 8192, isLive = false, memory, trace }: AnalysisOptions = {},
): Analysis {
  const { tree, host } = ready;
  const { compatible } = tree;
  const ossec = compatible ? new OssecHistory(tree, { size: memorySize, isLive }) : undefined;
  const remember = (): Remembering => {
    const own = memory ?? openMemory();
    return ossec ? openOssecRemembering(own, host, isLive) : openRemembering(own, host);
  };
  const walk = new Walk(ready, ossec ?? openCounters(tree), remember(), trace);
  const isRepeated = compatible && isLive ? openRepeats() : () => false;
  return {
    judge: (event) => (isRepeated(event) ? nothing : walk.judge(event)),
    forget() {
      ossec?.forget();
      walk.forget(ossec ?? openCounters(tree), remember());
    },
  };
}

const nothing: Verdict = { rule: undefined, alert: undefined };

/** What of a rule asks for other events. */
function memoryOf({ spec }: Rule): string {
  if (spec.composite) return "frequency";
  if (spec.checkDiff) return "check_diff";
  return spec.ifFts ? "if_fts" : "ignore";
}

function allHold(checks: Ready["checks"], event: Event): boolean {
  for (const check of checks) if (!check.holds(event)) return false;
  return true;
}

/** The way of one event through the rules. It is one object for all events: nothing is made anew for each. */
class Walk {
  /** The earlier lines that made the rule fire that the last `try` ended at. */
  #lines: readonly string[] = noLines;
  #correlation: Correlation;
  #remembering: Remembering;
  readonly #isCompatible: boolean;
  readonly #roots: ReadyTree["roots"];
  readonly #ready: ReadyTree["rules"];
  readonly #prefilter: Prefilter;
  readonly #trace: Trace | undefined;
  readonly #contexts: Contexts;
  #children: Children = [];

  constructor(
    ready: ReadyTree,
    correlation: Correlation,
    remembering: Remembering,
    trace: Trace | undefined,
  ) {
    this.#isCompatible = ready.tree.compatible;
    this.#roots = ready.roots;
    this.#ready = ready.rules;
    this.#correlation = correlation;
    this.#remembering = remembering;
    this.#prefilter = openPrefilter(ready.gated);
    this.#contexts = new Contexts(ready);
    this.#trace = trace;
  }

  forget(correlation: Correlation, remembering: Remembering): void {
    this.#correlation = correlation;
    this.#remembering = remembering;
  }

  judge(event: Event): Verdict {
    this.#correlation.begin(event);
    if (this.#isCompatible && event.originalRule !== undefined) return this.#original(event);
    this.#prefilter.scan(event.log);
    this.#children = this.#contexts.childrenFor(event);
    for (const { place, category } of this.#roots) {
      const last = category === event.category ? this.#try(place, event, noLines) : undefined;
      if (last) return this.#verdict(last.ready, event);
    }
    return nothing;
  }

  /** Another OSSEC names the rule that fired there. Anybody who can write a log can name one too, so only OSSEC's way obeys. */
  #original(event: Event): Verdict {
    const ready = this.#ready.get(event.originalRule ?? -1);
    return ready ? this.#verdict(ready, event) : nothing;
  }

  #verdict({ rule, manner, asksMemory }: Ready, event: Event): Verdict {
    if (rule.level === 0) return { rule: manner.rule, alert: undefined };
    if (asksMemory && this.#remembering.isIgnored(rule, event)) return nothing;
    const shown = this.#correlation.ends(rule, event, this.#lines);
    return { rule: manner.rule, alert: shown && alertOf(manner, event, shown) };
  }

  /** The place the event ends at, in the tree below this one; undefined when it does not match. */
  #try(place: Place, event: Event, inherited: readonly string[]): Place | undefined {
    if (!this.#holds(place, event)) return undefined;
    const own = this.#passes(place.ready, event);
    if (own === undefined) {
      this.#trace?.(place.ready.rule.spec.id, memoryOf(place.ready.rule));
      return undefined;
    }
    const lines = own.length > 0 ? own : inherited;
    const last = this.#below(this.#worthTrying(place, event), event, lines);
    if (last) return last;
    if (place.ready.noalert) return undefined;
    this.#lines = lines;
    return place;
  }

  /** Where the event ends in the tree of the first of them that matches. */
  #below({ places, fitting }: Siblings, event: Event, lines: readonly string[]): Place | undefined {
    const sieve = this.#trace ? undefined : fitting;
    for (let at = 0; at < places.length; at++) {
      if (sieve) at = sieve.next(at);
      const child = at < 0 ? undefined : places[at];
      const last = child && this.#try(child, event, lines);
      if (last || !child) return last;
    }
    return undefined;
  }

  #holds({ ready }: Place, event: Event): boolean {
    if (this.#trace) return this.#traced(ready, event, this.#trace);
    for (const gate of ready.gates) if (!this.#prefilter.mayMatch(gate)) return false;
    return allHold(ready.checks, event);
  }

  #traced({ rule, checks }: Place["ready"], event: Event, trace: Trace): boolean {
    const failed = checks.find((check) => !check.holds(event));
    trace(rule.spec.id, failed?.name);
    return failed === undefined;
  }

  /** Whether the rule fires by what came before, and the earlier lines that show it. */
  #passes(ready: Ready, event: Event): readonly string[] | undefined {
    const { rule, asksMemory, checksAfterMemory } = ready;
    if (!asksMemory) return this.#correlation.passes(rule, event);
    const asked = this.#remembering.asks(rule, event);
    if (!asked || !allHold(checksAfterMemory, event)) return undefined;
    const counted = this.#correlation.passes(rule, event);
    if (!counted) return undefined;
    this.#remembering.fired(rule, event);
    return counted.length > 0 ? counted : asked;
  }

  #worthTrying(place: Place, event: Event): Siblings {
    return this.#children[place.index] ?? this.#find(place, event);
  }

  /** On its own: a function that makes another one pays for it, whether it comes that far or not. */
  #find(place: Place, event: Event): Siblings {
    const places = place.children.filter(({ ready }) => mayMatch(ready, event));
    const found = siblingsOf(places, this.#prefilter);
    this.#children[place.index] = found;
    return found;
  }
}
