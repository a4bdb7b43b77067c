import type { Alert, FiredRule } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import type { RuleSpec } from "./rules/spec.ts";
import type { Rule } from "./rules/tree.ts";

/** From which level on an alert is written and mailed, see `<alerts>`. */
export interface Levels {
  readonly logLevel: number;
  readonly emailLevel: number;
  /** Mailed whatever their level and options. */
  readonly emailRules?: readonly number[];
}

/** The rule an event ended at, and the alert it raised, if any. A rule of level 0 never raises one. */
export interface Verdict {
  readonly rule: FiredRule | undefined;
  readonly alert: Alert | undefined;
}

/** What alerts of a rule have in common: settled once, because most events of a flood are alerts. */
export interface Manner {
  readonly rule: FiredRule;
  readonly log: boolean;
  readonly mail: boolean;
  readonly mayBlock: boolean;
}

export function mannerOf({ spec, level }: Rule, levels: Levels): Manner {
  const { id, description, groups, options } = spec;
  const log = level >= levels.logLevel || options.has("log_alert");
  const mail = level >= levels.emailLevel || options.has("alert_by_email");
  const isNamed = levels.emailRules?.includes(id) ?? false;
  return {
    rule: { id, level, description, groups, ...detailsOf(spec) },
    log: log && !options.has("no_log"),
    mail: isNamed || (mail && !options.has("no_email_alert")),
    mayBlock: !options.has("no_ar"),
  };
}

function detailsOf({ details }: RuleSpec): Pick<FiredRule, "details"> {
  return details.length === 0 ? {} : { details };
}

/** The alert of an event; undefined for a rule of level 0. */
export function alertOf(
  { rule, log, mail, mayBlock }: Manner,
  event: Event,
  previous: readonly string[],
): Alert | undefined {
  return rule.level === 0 ? undefined : { rule, event, previous, log, mail, mayBlock };
}
