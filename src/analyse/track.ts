import type { Member } from "./pool.ts";

/**
 * What one source did lately, as far as frequency rules count it: its newest `depth` events, and when each of those rules
 * fired for it. Times are event times in milliseconds.
 */
export interface Track extends Member {
  /** How many events there were in all; the newest is number `total - 1`. */
  total: number;
  /** Times and lines of the newest events: number n stands at n modulo depth, unless values must differ. */
  at: number[];
  lines: string[];
  /** Only where values must differ: the value of each of those events, and its number. */
  values: string[] | undefined;
  numbers: number[];
  /** After how many more events in the order of their times all that are remembered are in order. */
  unordered: number;
  /** By rule id: the number of events when it fired, and when that was. */
  fired: Map<number, { readonly total: number; readonly at: number }> | undefined;
}

/** How a frequency rule asks. Times in milliseconds. */
export interface Question {
  readonly rule: number;
  readonly frequency: number;
  readonly timeframe: number;
  readonly ignore: number;
}

export function newTrack(home: Map<string, Member>, key: string, span: number): Track {
  return {
    key,
    home,
    events: 0,
    characters: 0,
    newest: Number.NaN,
    span,
    rank: undefined,
    newer: undefined,
    older: undefined,
    isActive: false,
    total: 0,
    at: none,
    lines: none,
    values: undefined,
    numbers: none,
    unordered: 0,
    fired: undefined,
  };
}

const none: never[] = [];

/** What is remembered of an event: `value` only where values must differ. */
interface Remembered {
  readonly at: number;
  readonly line: string;
  readonly value: string | undefined;
}

/** Remembers a first event and forgets what was before. Returns how many characters more are kept. */
export function begin(track: Track, { at, line, value }: Remembered): number {
  track.total = 1;
  track.events = 1;
  track.newest = at;
  // Written out, an array takes up what it holds; filled by and by, room for 17.
  track.at = [at];
  track.lines = [line];
  track.values = value === undefined ? undefined : [value];
  track.numbers = value === undefined ? none : [0];
  track.unordered = 0;
  track.fired = undefined;
  return line.length + (value?.length ?? 0) - track.characters;
}

/**
 * Remembers a further event: instead of the oldest, or of the one that has its value. Returns how many characters more are
 * kept.
 */
export function remember(track: Track, event: Remembered, depth: number): number {
  const { at, line, value } = event;
  const slot = value === undefined ? track.total % depth : slotFor(value, track, depth);
  let more = line.length - (track.lines[slot]?.length ?? 0);
  if (value !== undefined && track.values) {
    more += value.length - (track.values[slot]?.length ?? 0);
    track.values[slot] = value;
    track.numbers[slot] = track.total;
  }
  track.at[slot] = at;
  track.lines[slot] = line;
  track.total += 1;
  track.events = track.at.length;
  keepOrder(track, at, depth);
  return more;
}

function keepOrder(track: Track, at: number, depth: number): void {
  if (at < track.newest) {
    track.unordered = depth;
    return;
  }
  track.newest = at;
  if (track.unordered > 0) track.unordered -= 1;
}

function slotFor(value: string, { values = [], numbers }: Track, depth: number): number {
  const equal = values.indexOf(value);
  if (equal !== -1) return equal;
  return values.length < depth ? values.length : oldest(numbers);
}

/** Where the smallest number stands. */
function oldest(numbers: readonly number[]): number {
  let found = 0;
  for (let slot = 1; slot < numbers.length; slot++) {
    if ((numbers[slot] ?? 0) < (numbers[found] ?? 0)) found = slot;
  }
  return found;
}

/**
 * Whether the rule is not silent and `frequency` events since it last fired lie within one `timeframe` with `at`. Events
 * that came late count as if they had come in time.
 */
export function isDue(track: Track, at: number, question: Question, depth: number): boolean {
  const { frequency, timeframe } = question;
  const last = track.fired?.get(question.rule);
  // Distances count both ways: a clock that was set back must not silence a rule for as long as the step was.
  if (last && Math.abs(at - last.at) < question.ignore) return false;
  if (track.total - (last?.total ?? 0) < frequency) return false;
  const inOrder = track.unordered === 0 && at >= track.newest;
  if (!inOrder) {
    return areEnough(track, at, question) && mostAtOnce(track, at, question, depth) >= frequency;
  }
  if (track.values) return different(track, at - timeframe, last?.total ?? 0) >= frequency;
  const first = track.at[(track.total - frequency) % depth];
  return first !== undefined && at - first <= timeframe;
}

/** How many values there were since `since`, and since the event of that number. */
function different({ at, numbers }: Track, since: number, number: number): number {
  let count = 0;
  for (let slot = 0; slot < at.length; slot++) {
    if ((at[slot] ?? 0) >= since && (numbers[slot] ?? 0) >= number) count += 1;
  }
  return count;
}

/** Whether enough lie near: mostly not, and then nobody has to know which of them lie within one timeframe. */
function areEnough({ at: times }: Track, at: number, { frequency, timeframe }: Question): boolean {
  let near = 0;
  for (const time of times) if (Math.abs(time - at) <= timeframe) near += 1;
  return near >= frequency;
}

/** The most events that one timeframe around `at` holds. */
function mostAtOnce(track: Track, at: number, question: Question, depth: number): number {
  const { rule, timeframe } = question;
  const slots = newestFirst(track, depth, track.fired?.get(rule)?.total ?? 0);
  const times = slots.map((slot) => track.at[slot] ?? 0);
  const starts = [at, ...times.filter((start) => start <= at && at - start <= timeframe)];
  const within = (start: number) =>
    times.filter((time) => time >= start && time - start <= timeframe).length;
  return Math.max(...starts.map(within));
}

/** The lines of the newest `frequency` events without the very newest, newest first. */
export function earlierLines(track: Track, frequency: number, depth: number): string[] {
  const { lines, total } = track;
  if (track.values) {
    const slots = newestFirst(track, depth, 0).slice(1, frequency);
    return slots.map((slot) => lines[slot] ?? "");
  }
  const earlier: string[] = [];
  for (let back = 2; back <= frequency; back++) earlier.push(lines[(total - back) % depth] ?? "");
  return earlier;
}

/** Where the events stand that are remembered, from number `first` on, newest first. */
function newestFirst(track: Track, depth: number, first: number): number[] {
  const { values, numbers, total } = track;
  const slots = Array.from(track.at.keys());
  // Where numbers follow one another: the highest one that belongs at the slot.
  const numberAt = (slot: number) =>
    values ? (numbers[slot] ?? 0) : total - 1 - ((total - 1 - slot) % depth);
  return slots.filter((slot) => numberAt(slot) >= first).sort((a, b) => numberAt(b) - numberAt(a));
}
