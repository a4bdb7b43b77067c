import type { Event } from "../../core/event.ts";
import type { Pattern } from "../../pattern/pattern.ts";
import type { Alike } from "./alike.ts";
import type { Past, Pasts } from "./past.ts";

/** A frequency rule's question to a list of events. */
export interface Search {
  readonly list: Pasts;
  /** Seconds. */
  readonly timeframe: number;
  readonly frequency: number;
  readonly level: number;
  readonly alike: Alike;
  /** Whether the list is that of all events: then the type counts, and the pattern if there is one. */
  readonly isGlobal: boolean;
  readonly pattern: Pattern | undefined;
  /** Whether the line of the event that decided is shown too. */
  readonly showsLast: boolean;
}

/** How many earlier lines an alert shows. */
const mostLines = 11;

/**
 * OSSEC's search (`eventinfo.c`): from the newest event back, it ends without a match at one that is too old or was
 * counted by a rule of that level or a higher one; after `frequency` events that qualify the next one decides. The
 * current event is not in the list yet, so a rule fires at the event `frequency + 2`. The newest of the list and the one
 * that decided are marked as counted, whoever they came from. `now` in seconds. Returns the earlier lines, or undefined.
 */
export function search(question: Search, event: Event, now: number): string[] | undefined {
  const { list, frequency, level } = question;
  const found: Past[] = [];
  for (let back = 0; found.length <= frequency; back++) {
    const past = list.newest(back);
    if (!past || isOver(past, question, now)) return undefined;
    if (qualifies(past, event, question)) found.push(past);
  }
  const newest = list.newest(0);
  const decided = found[frequency];
  if (newest) newest.matched = level;
  if (decided) decided.matched = level;
  const shown = question.showsLast ? found : found.slice(0, frequency);
  return shown.slice(0, mostLines).map((past) => past.event.fullLog);
}

function isOver(past: Past, { timeframe, level }: Search, now: number): boolean {
  return now - past.at > timeframe || past.matched >= level;
}

function qualifies(past: Past, event: Event, { isGlobal, pattern, alike }: Search): boolean {
  if (isGlobal && past.event.category !== event.category) return false;
  if (isGlobal && pattern && !pattern.test(past.event.log)) return false;
  return alike(past.event, event);
}
