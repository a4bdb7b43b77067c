import type { Event } from "../../core/event.ts";
import type { Pattern } from "../../pattern/pattern.ts";
import type { Past, Pasts } from "./past.ts";

/** A frequency rule's question to a list of events. */
export interface Search {
  readonly list: Pasts;
  /** Seconds. */
  readonly timeframe: number;
  readonly frequency: number;
  readonly level: number;
  /** The list's index by what the events must have in common. */
  readonly index: string | undefined;
  readonly differ: (past: Event, event: Event) => boolean;
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
  const { list, frequency, timeframe, level, index } = question;
  if (level === 0) return undefined;
  const found: Past[] = [];
  list.walk(index, event, level, (past) => {
    if (now - past.at > timeframe) return false;
    if (qualifies(past, event, question)) found.push(past);
    return found.length <= frequency;
  });
  const decided = found[frequency];
  if (!decided) return undefined;
  list.newest?.mark(level);
  decided.mark(level);
  const shown = question.showsLast ? found : found.slice(0, frequency);
  return shown.slice(0, mostLines).map((past) => past.event.fullLog);
}

function qualifies(past: Past, event: Event, { isGlobal, pattern, differ }: Search): boolean {
  if (isGlobal && past.event.category !== event.category) return false;
  if (isGlobal && pattern && !pattern.test(past.event.log)) return false;
  return differ(past.event, event);
}
