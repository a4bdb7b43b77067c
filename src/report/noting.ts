import type { Alert, FiredRule } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import { placeJson, ruleJson } from "./alert-json.ts";
import {
  groupList,
  type Noted,
  type PlaceText,
  placeLine,
  type RuleText,
  ruleLine,
} from "./alert-log.ts";
import { rememberedLocalTime } from "./local-time.ts";
import { shown } from "./shown.ts";

/**
 * Adds to an alert what the record says of it besides. `hostname` is this machine's short name, for events that do not say
 * where they happened; `id` is "EPOCHSECONDS.N".
 */
export function openNoting(hostname: string): (alert: Alert, id: string) => Noted {
  const localTime = rememberedLocalTime();
  const ruleTextOf = rememberedRuleText();
  const placeTextOf = rememberedPlaceText(hostname);
  return (alert, id) => ({
    alert,
    id,
    place: placeTextOf(alert.event),
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

/** More are mostly made up. */
const mostPlaces = 100;

/** What alerts say of their place: thousands may come from one log. */
function rememberedPlaceText(hostname: string): (event: Event) => PlaceText {
  const known = new Map<string, Map<string | undefined, PlaceText>>();
  let places = 0;
  return ({ host, location }) => {
    const old = known.get(location)?.get(host);
    if (old) return old;
    if (places++ % mostPlaces === 0) known.clear();
    const name = shown(host ?? hostname, 255);
    const text = { line: placeLine(name, location), ...placeJson(name, location) };
    known.set(location, (known.get(location) ?? new Map()).set(host, text));
    return text;
  };
}
