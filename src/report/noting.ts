import type { Alert, FiredRule } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import { placeJson, ruleJson } from "./alert-json.ts";
import {
  type AlertId,
  groupList,
  headBytes,
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
 * where they happened.
 */
export function openNoting(hostname: string): (alert: Alert, id: AlertId) => Noted {
  const localTime = rememberedLocalTime();
  const ruleTextOf = rememberedRuleText();
  const placeTextOf = rememberedPlaceText(hostname);
  return (alert, id) => {
    const place = placeTextOf(alert.event);
    const date = localTime(alert.event.at);
    const known = ruleTextOf(alert.rule);
    const head = headOf(known, place, date, alert.mail);
    return { alert, id, place, date, ruleText: known.text, head };
  };
}

/** A rule's texts, and the head of its last alert: the next one's is mostly the same. */
interface Known {
  readonly text: RuleText;
  place: PlaceText | undefined;
  date: string;
  isMailed: boolean;
  head: Uint8Array;
}

const noHead = new Uint8Array(0);

function headOf(known: Known, place: PlaceText, date: string, isMailed: boolean): Uint8Array {
  if (known.place !== place || known.date !== date || known.isMailed !== isMailed) {
    known.head = headBytes(isMailed, date, place, known.text);
    known.place = place;
    known.date = date;
    known.isMailed = isMailed;
  }
  return known.head;
}

function rememberedRuleText(): (rule: FiredRule) => Known {
  const all = new WeakMap<FiredRule, Known>();
  return (rule) => {
    const old = all.get(rule);
    if (old) return old;
    const text = { groups: groupList(rule), line: ruleLine(rule), json: ruleJson(rule) };
    const known = { text, place: undefined, date: "", isMailed: false, head: noHead };
    all.set(rule, known);
    return known;
  };
}

/** More are mostly made up. */
const mostPlaces = 100;

/** What alerts say of their place: thousands may come from one log. */
function rememberedPlaceText(hostname: string): (event: Event) => PlaceText {
  const known = new Map<string, Map<string | undefined, PlaceText>>();
  let places = 0;
  const placeOf = (host: string | undefined, location: string) => {
    const old = known.get(location)?.get(host);
    if (old) return old;
    if (places++ % mostPlaces === 0) known.clear();
    const name = shown(host ?? hostname, 255);
    const text = { line: placeLine(name, location), ...placeJson(name, location) };
    known.set(location, (known.get(location) ?? new Map()).set(host, text));
    return text;
  };
  let last: { host: string | undefined; location: string; text: PlaceText } | undefined;
  return ({ host, location }) => {
    // Mostly the same as of the alert before.
    if (last && last.host === host && last.location === location) return last.text;
    last = { host, location, text: placeOf(host, location) };
    return last.text;
  };
}
