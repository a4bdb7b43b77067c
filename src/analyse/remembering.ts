import type { Event } from "../core/event.ts";
import { ignoreKeys, partsLookedAt } from "./conditions/ignored.ts";
import { placeOf } from "./conditions/last-texts.ts";
import { seenKeys } from "./conditions/seen.ts";
import { noLines } from "./correlation.ts";
import type { Memory } from "./memory.ts";
import { openFts } from "./ossec/fts.ts";
import type { Rule } from "./rules/tree.ts";

/** What rules ask of events that came before, other than to count them: `if_fts`, `check_diff`, `ignore`, `check_if_ignored`. */
export interface Remembering {
  /** Whether it holds for a rule whose other conditions hold: the earlier lines to show (none as a rule), or undefined. */
  asks(rule: Rule, event: Event): readonly string[] | undefined;
  /** The rule fired, or one below it. */
  fired(rule: Rule, event: Event): void;
  /** The event ended at the rule: whether it is one to be ignored. */
  isIgnored(rule: Rule, event: Event): boolean;
}

/** Whether a rule asks anything of that kind. */
export function asksMemory({ spec }: Rule): boolean {
  return spec.ifFts || spec.checkDiff || spec.ignoreParts.length + spec.ignoredParts.length > 0;
}

/**
 * Ours: an event is remembered when the rule fires, so a rule that is only tried leaves no trace. `host` is what events
 * that name none come from.
 */
export function openRemembering({ seen, ignored, texts }: Memory, host: string): Remembering {
  const seenKeyOf = seenKeys(false);
  const seenKey = (event: Event) => seenKeyOf(event)?.read(event);
  const ignoreKey = ignoreKeys(false);
  const isNew = (event: Event) => {
    const key = seenKey(event);
    return key !== undefined && !seen.has(key);
  };
  return {
    asks({ spec }, event) {
      if (spec.ifFts && !isNew(event)) return undefined;
      if (!spec.checkDiff) return noLines;
      const place = placeOf(event, host, spec.id, false);
      return place === undefined ? undefined : linesOf(texts.peek(place, event.log));
    },
    fired({ spec }, event) {
      const key = spec.ifFts ? seenKey(event) : undefined;
      if (key !== undefined) seen.add(key);
      const place = spec.checkDiff ? placeOf(event, host, spec.id, false) : undefined;
      if (place !== undefined) texts.commit(place, event.log);
    },
    isIgnored({ spec }, event) {
      const asked = spec.ignoredParts.length > 0;
      const key = asked ? ignoreKey(event, spec.ignoredParts) : undefined;
      if (key && ignored.has(key.read(event))) return true;
      const kept = spec.ignoreParts.length > 0 && ignoreKey(event, spec.ignoreParts);
      if (kept) ignored.add(kept.read(event));
      return false;
    },
  };
}

/** OSSEC's: an event is remembered while the rule is tried; ossec-logtest, which is not live, adds nothing to be ignored. */
export function openOssecRemembering(memory: Memory, host: string, isLive: boolean): Remembering {
  const { seen, ignored, texts } = memory;
  const isFirst = openFts(seen);
  const ignoreKey = ignoreKeys(true);
  const lookedAt = ignoredOfRules();
  const differs = (rule: Rule, event: Event) => {
    const place = placeOf(event, host, rule.spec.id, true);
    const before = place === undefined ? undefined : texts.peek(place, event.log);
    if (place !== undefined && before !== undefined) texts.commit(place, event.log);
    return linesOf(before);
  };
  return {
    asks(rule, event) {
      const lines = rule.spec.checkDiff ? differs(rule, event) : noLines;
      return lines && rule.spec.ifFts && !isFirst(event) ? undefined : lines;
    },
    fired: () => {},
    isIgnored(rule, event) {
      const { ignoredParts, ignoreParts } = rule.spec;
      const key = ignoredParts.length > 0 ? ignoreKey(event, lookedAt(rule)) : undefined;
      if (key && ignored.hasOf(key, event)) return true;
      const kept = isLive && ignoreParts.length > 0 && ignoreKey(event, ignoreParts);
      if (kept) ignored.add(kept.read(event));
      return false;
    },
  };
}

/** For each rule what its `<check_if_ignored>` really looks at, found once. */
function ignoredOfRules(): (rule: Rule) => readonly string[] {
  const known = new WeakMap<Rule, readonly string[]>();
  return (rule) => {
    const before = known.get(rule);
    if (before) return before;
    const parts = partsLookedAt(rule.spec.ignoredParts, rule.spec.ignoreParts, true);
    known.set(rule, parts);
    return parts;
  };
}

function linesOf(before: string | undefined): readonly string[] | undefined {
  return before === undefined ? undefined : ["Previous output:", ...before.split("\n")];
}
