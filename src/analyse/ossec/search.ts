import type { Event } from "../../core/event.ts";
import type { Pattern } from "../../pattern/pattern.ts";
import type { Subject } from "../subjects.ts";
import type { Past } from "./past.ts";
import { type Index, nowhere, type PastList } from "./past-list.ts";

/** A frequency rule's question to a list of events. */
export interface Search {
  readonly list: PastList;
  /** Seconds. */
  readonly timeframe: number;
  readonly frequency: number;
  readonly level: number;
  /** The list's index by what the events must have in common. */
  readonly index: Index | undefined;
  /** What must differ: the columns where that is remembered, and how the event at hand says it. */
  readonly different: readonly { readonly column: number; readonly read: Subject }[];
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
  /** The numbers of the newest event of the list and of the one that decided: they are counted now, whoever they came from. */
  readonly marked: readonly number[];
}

/**
 * OSSEC's search (`eventinfo.c`): from the newest event back, it ends without a match at one that is too old or was
 * counted by a rule of that level or a higher one; after `frequency` events that qualify the next one decides. The
 * current event is not in the list yet, so a rule fires at the event `frequency + 2`. `now` in seconds. Undefined when it
 * does not fire.
 */
export function search(
  question: Search,
  past: Past,
  event: Event,
  now: number,
): Counted | undefined {
  const { list, frequency, level, showsLast } = question;
  if (level === 0 || !hasEnough(question, past, event, now)) return undefined;
  const found = qualifying(question, past, event, now);
  const decided = found[frequency];
  if (decided === undefined) return undefined;
  const shown = showsLast ? found : found.slice(0, frequency);
  const lines = shown.slice(0, mostLines).map((number) => past.fullLog(number));
  return { lines, marked: [list.numberAt(list.newest(0)), decided] };
}

/** Whether there are enough events like this one before the search ends: mostly not, so nothing is made for the answer. */
function hasEnough(question: Search, past: Past, event: Event, now: number): boolean {
  const { list, frequency, index } = question;
  // Where even all events are too few, nobody has to know which of them are like this one.
  const least = list.newest(frequency);
  if (least === nowhere || list.numberAt(least) <= list.stop(question.level)) return false;
  let place = list.newestLike(index, event);
  for (let back = 0; back < frequency && place !== nowhere; back++) {
    place = list.before(index, place);
  }
  return place !== nowhere && !isOver(question, past, list.numberAt(place), now);
}

/** The numbers of the newest events that qualify, one more than `frequency` at the most. */
function qualifying(question: Search, past: Past, event: Event, now: number): readonly number[] {
  const { list, frequency, index } = question;
  const found: number[] = [];
  let place = list.newestLike(index, event);
  while (place !== nowhere && found.length <= frequency) {
    const number = list.numberAt(place);
    if (isOver(question, past, number, now)) break;
    if (qualifies(question, past, number, event)) found.push(number);
    place = list.before(index, place);
  }
  return found;
}

function isOver(
  { list, level, timeframe }: Search,
  past: Past,
  number: number,
  now: number,
): boolean {
  return number <= list.stop(level) || now - past.at(number) > timeframe;
}

function qualifies(
  { isGlobal, pattern, different }: Search,
  past: Past,
  number: number,
  event: Event,
): boolean {
  if (isGlobal && past.category(number) !== event.category) return false;
  if (isGlobal && pattern && !pattern.test(past.log(number))) return false;
  return different.every(({ column, read }) => past.differs(number, column, read(event)));
}
