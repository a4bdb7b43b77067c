import type { Event } from "../../core/event.ts";
import type { Pattern } from "../../pattern/pattern.ts";
import { noLines } from "../correlation.ts";
import type { CompositeSpec } from "../rules/spec.ts";
import type { Past, Pasts } from "./past.ts";

/** A frequency rule's question to a list of events. */
export interface Search {
  readonly list: Pasts;
  readonly composite: CompositeSpec;
  readonly level: number;
  /** Whether the list is that of all events, in which OSSEC compares less and looks at types and the pattern. */
  readonly isGlobal: boolean;
  readonly pattern: Pattern | undefined;
  /** Whether the line of the event that decided is shown too. */
  readonly showsLast: boolean;
}

/**
 * OSSEC's search (`eventinfo.c`): from the newest event back, it ends without a match at one that is too old or was
 * counted by a rule of that level; after `frequency` events that qualify the next one decides. The current event is not
 * in the list yet, so a rule fires at the event `frequency + 2`. The newest of the list and the one that decided are
 * marked as counted, whoever they came from. `now` in seconds. Returns the earlier lines, or undefined for no match.
 */
export function search(
  { list, composite, level, isGlobal, pattern, showsLast }: Search,
  event: Event,
  now: number,
): readonly string[] | undefined {
  const { frequency, timeframe } = composite;
  const lines: string[] = [];
  let count = 0;
  for (let back = 0; ; back++) {
    const past = list.newest(back);
    if (!past || now - past.at > timeframe || past.matched >= level) return undefined;
    if (isGlobal && !isCounted(past, event, pattern)) continue;
    if (!isAlike(past.event, event, composite, isGlobal)) continue;
    const isLast = count === frequency;
    if (lines.length < mostLines && (!isLast || showsLast)) lines.push(past.event.fullLog);
    if (isLast) {
      mark(list, past, level);
      return lines.length === 0 ? noLines : lines;
    }
    count += 1;
  }
}

/** How many earlier lines an alert shows. */
const mostLines = 11;

function mark(list: Pasts, decided: Past, level: number): void {
  const newest = list.newest(0);
  if (newest) newest.matched = level;
  decided.matched = level;
}

function isCounted(past: Past, event: Event, pattern: Pattern | undefined): boolean {
  return past.event.category === event.category && (!pattern || pattern.test(past.event.log));
}

/** What the search among all events does not compare. */
const onlyInLists = ["srcport", "dstport", "hostname"];

function isAlike(past: Event, event: Event, composite: CompositeSpec, isGlobal: boolean): boolean {
  for (const subject of composite.same) {
    if (isGlobal && onlyInLists.includes(subject)) continue;
    const value = valueOf(subject, event);
    if (value === undefined || value !== valueOf(subject, past)) return false;
  }
  for (const subject of composite.different) {
    // Of the rest OSSEC reads the name and compares nothing.
    if (subject !== "url" && subject !== "srcgeoip") continue;
    const [value, before] = [valueOf(subject, event), valueOf(subject, past)];
    if (value === undefined || before === undefined || value === before) return false;
  }
  return true;
}

/** `same_user` is dstuser alone, and addresses are texts. */
function valueOf(subject: string, event: Event): string | undefined {
  if (subject === "source") return event.fields["srcip"];
  if (subject === "user") return event.fields["dstuser"];
  if (subject === "hostname") return event.host ?? "";
  return event.fields[subject];
}
