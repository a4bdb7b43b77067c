import type { Event } from "../../core/event.ts";
import type { Pattern } from "../../pattern/pattern.ts";
import { type Index, newestOf, type Past, type Pasts, sizeOf } from "./past.ts";

/** A frequency rule's question to a list of events. */
export interface Search {
  readonly list: Pasts;
  /** Seconds. */
  readonly timeframe: number;
  readonly frequency: number;
  readonly level: number;
  /** The list's index by what the events must have in common. */
  readonly index: Index | undefined;
  readonly differ: (past: Event, event: Event) => boolean;
  /** Whether the list is that of all events: then the type counts, and the pattern if there is one. */
  readonly isGlobal: boolean;
  readonly pattern: Pattern | undefined;
  /** Whether the line of the event that decided is shown too. */
  readonly showsLast: boolean;
}

/** How many earlier lines an alert shows. */
const mostLines = 11;

/** What a search found. */
export interface Counted {
  /** The earlier lines to show. */
  readonly lines: string[];
  /** The newest event of the list and the one that decided: they are counted now, whoever they came from. */
  readonly marked: readonly Past[];
}

/**
 * OSSEC's search (`eventinfo.c`): from the newest event back, it ends without a match at one that is too old or was
 * counted by a rule of that level or a higher one; after `frequency` events that qualify the next one decides. The
 * current event is not in the list yet, so a rule fires at the event `frequency + 2`. `now` in seconds. Undefined when it
 * does not fire.
 */
export function search(question: Search, event: Event, now: number): Counted | undefined {
  const { list, frequency, showsLast } = question;
  const found = question.level === 0 ? undefined : qualifying(question, event, now);
  const decided = found?.[frequency];
  if (!found || !decided) return undefined;
  const shown = showsLast ? found : found.slice(0, frequency);
  const lines = shown.slice(0, mostLines).map((past) => past.event.fullLog);
  return { lines, marked: list.newest ? [list.newest, decided] : [decided] };
}

/** The newest events that qualify, one more than `frequency` at the most. */
function qualifying(question: Search, event: Event, now: number): Past[] | undefined {
  const { list, frequency, timeframe, level, index } = question;
  const items = list.like(index, event);
  if (!items || sizeOf(items) <= frequency) return undefined;
  const stop = list.stop(level);
  const isOver = (past: Past) => past.number <= stop || now - past.at > timeframe;
  const last = newestOf(items, frequency);
  if (!last || isOver(last)) return undefined;
  const found: Past[] = [];
  for (let back = 0; found.length <= frequency; back++) {
    const past = newestOf(items, back);
    if (!past || isOver(past)) break;
    if (qualifies(past, event, question)) found.push(past);
  }
  return found;
}

function qualifies(past: Past, event: Event, { isGlobal, pattern, differ }: Search): boolean {
  if (isGlobal && past.event.category !== event.category) return false;
  if (isGlobal && pattern && !pattern.test(past.event.log)) return false;
  return differ(past.event, event);
}
