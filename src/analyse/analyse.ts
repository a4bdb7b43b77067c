import type { Alert } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import { openCounters } from "./counters.ts";
import type { RuleSpec } from "./rules/spec.ts";
import { candidates, type Node, type RuleTree } from "./rules/tree.ts";

/** From which level on an alert is written and mailed, see `<alerts>`. */
export interface Levels {
  readonly logLevel: number;
  readonly emailLevel: number;
}

/** The rule an event ended at, and the alert it raised, if any. A rule of level 0 never raises one. */
export interface Verdict {
  readonly rule: RuleSpec | undefined;
  readonly alert: Alert | undefined;
}

/**
 * Makes the analysis of events by rules. It remembers what frequency rules count; all time is event time. An event
 * walks the tree of its category: the first rule that matches takes it and asks its children; the deepest match wins.
 */
export function openAnalysis(tree: RuleTree, levels: Levels): (event: Event) => Verdict {
  const counters = openCounters(tree);
  let number = 0;

  const walk = (nodes: readonly Node[], event: Event): Match | undefined => {
    for (const node of nodes) {
      const match = node.matches(event) ? take(node, event) : undefined;
      if (match) return match;
    }
    return undefined;
  };

  const take = (node: Node, event: Event): Match | undefined => {
    const previous = counters.count(node, event, number);
    if (!previous) return undefined;
    const deeper = walk(candidates(node, event.decoder), event);
    return deeper ?? (node.spec.noalert ? undefined : { spec: node.spec, previous });
  };

  return (event) => {
    number += 1;
    const root = tree.roots.get(event.category);
    const match = root && walk(candidates(root, event.decoder), event);
    if (!match) return { rule: undefined, alert: undefined };
    return { rule: match.spec, alert: alertOf(match, event, levels) };
  };
}

interface Match {
  readonly spec: RuleSpec;
  readonly previous: readonly string[];
}

function alertOf({ spec, previous }: Match, event: Event, levels: Levels): Alert | undefined {
  if (spec.level === 0) return undefined;
  const { options } = spec;
  const log = spec.level >= levels.logLevel || options.has("log_alert");
  const mail = spec.level >= levels.emailLevel || options.has("alert_by_email");
  return {
    rule: spec,
    event,
    previous,
    log: log && !options.has("no_log"),
    mail: mail && !options.has("no_email_alert"),
    mayBlock: !options.has("no_ar"),
  };
}
