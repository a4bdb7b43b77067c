import type { Alert, FiredRule } from "../core/alert.ts";
import { ruleJson } from "./alert-json.ts";
import { groupList, type Noted, type RuleText, ruleLine } from "./alert-log.ts";
import { rememberedLocalTime } from "./local-time.ts";
import { shown } from "./shown.ts";

/**
 * Adds to an alert what the record says of it besides. `hostname` is this machine's short name, for events that do not say
 * where they happened; `id` is "EPOCHSECONDS.N".
 */
export function openNoting(hostname: string): (alert: Alert, id: string) => Noted {
  const localTime = rememberedLocalTime();
  const ruleTextOf = rememberedRuleText();
  return (alert, id) => ({
    alert,
    id,
    host: shown(alert.event.host ?? hostname, 255),
    date: localTime(alert.event.at),
    ruleText: ruleTextOf(alert.rule),
  });
}

function rememberedRuleText(): (rule: FiredRule) => RuleText {
  const known = new WeakMap<FiredRule, RuleText>();
  return (rule) => {
    const old = known.get(rule);
    if (old) return old;
    const text = { groups: groupList(rule), line: ruleLine(rule), json: ruleJson(rule) };
    known.set(rule, text);
    return text;
  };
}
