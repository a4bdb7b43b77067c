/** A time as a line writes it, in parts. Parts that are not what they should be are NaN. */
export interface Stamp {
  /** undefined where it names none. */
  readonly year: number | undefined;
  /** From 1. */
  readonly month: number;
  readonly date: number;
  readonly hours: number;
  /** Milliseconds within the hour. */
  readonly within: number;
  /** Milliseconds that its zone is ahead of UTC; undefined where it names none. */
  readonly zone: number | undefined;
  /** Where the stamp ends in the line; what names the zone behind a space is not part of it. */
  readonly end: number;
}

/** Reads "2026-11-22T10:00:01.123456+01:00" at `from`, also with a space or slashes and without fraction or zone. */
export function isoStamp(text: string, from: number): Stamp | undefined {
  const year = digits(text, from, 4);
  const separator = text[from + 4];
  const isDate = (separator === "-" || separator === "/") && text[from + 7] === separator;
  const between = text[from + 10];
  if (!isDate || Number.isNaN(year) || (between !== "T" && between !== " ")) return undefined;
  const clock = clockTime(text, from + 11);
  if (!clock) return undefined;
  const isApart = text[clock.end] === " ";
  const zone = isApart ? namedZoneAt(text, clock.end + 1) : zoneAt(text, clock.end);
  return {
    year,
    month: digits(text, from + 5, 2),
    date: digits(text, from + 8, 2),
    hours: clock.hours,
    within: clock.within,
    zone: zone?.offset,
    end: isApart ? clock.end : (zone?.end ?? clock.end),
  };
}

/** Reads "Nov 22 10:00:01 " or "Nov  2 10:00:01.123 ". The month may be any word of three letters. */
export function bsdStamp(text: string, from: number): Stamp | undefined {
  if (text[from + 3] !== " " || text[from + 6] !== " ") return undefined;
  const clock = clockTime(text, from + 7);
  const date = paddedDate(text, from + 4);
  const first = text.charCodeAt(from);
  const isDate = first >= 65 && first <= 90 && !Number.isNaN(date);
  if (!clock || !isDate || text[clock.end] !== " ") return undefined;
  const { hours, within, end } = clock;
  return { year: undefined, month: monthAt(text, from), date, hours, within, zone: undefined, end };
}

/** Reads "10:00:01" with or without parts of a second. Parts without digits make it none at all. */
export function clockTime(
  text: string,
  from: number,
): { hours: number; within: number; end: number } | undefined {
  if (text[from + 2] !== ":" || text[from + 5] !== ":") return undefined;
  const hours = digits(text, from, 2);
  const whole = digits(text, from + 3, 2) * minute + digits(text, from + 6, 2) * 1000;
  if (Number.isNaN(hours + whole)) return undefined;
  const mark = text[from + 8];
  if (mark !== "." && mark !== ",") return { hours, within: whole, end: from + 8 };
  let end = from + 9;
  let milliseconds = 0;
  for (let worth = 100; end < from + 18; worth = Math.floor(worth / 10)) {
    const digit = text.charCodeAt(end) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    milliseconds += digit * worth;
    end++;
  }
  return { hours, within: whole + milliseconds, end: end > from + 9 ? end : from + 8 };
}

/** Reads "Z", "+01:00" or "+0100". */
function zoneAt(text: string, from: number): { offset: number; end: number } | undefined {
  const sign = text[from];
  if (sign === "Z") return { offset: 0, end: from + 1 };
  if (sign !== "+" && sign !== "-") return undefined;
  const minutesAt = text[from + 3] === ":" ? from + 4 : from + 3;
  const offset = (digits(text, from + 1, 2) * 60 + digits(text, minutesAt, 2)) * minute;
  if (Number.isNaN(offset)) return undefined;
  return { offset: sign === "-" ? -offset : offset, end: minutesAt + 2 };
}

/** Reads "22-Nov-2026 10:00:01.123", with any separators, and a zone behind a space. */
export function dayFirstStamp(text: string, from: number): Stamp | undefined {
  const clock = clockTime(text, from + 12);
  const month = monthAt(text, from + 3);
  const date = digits(text, from, 2);
  const year = digits(text, from + 7, 4);
  if (!clock || Number.isNaN(month + date + year)) return undefined;
  const zone = text[clock.end] === " " ? namedZoneAt(text, clock.end + 1) : undefined;
  const { hours, within, end } = clock;
  return { year, month, date, hours, within, zone: zone?.offset, end };
}

/** Reads "Nov 22 10:00:01.123456 2026", as ctime(3) and Apache write it. */
export function yearLastStamp(text: string, from: number): Stamp | undefined {
  const clock = clockTime(text, from + 7);
  const month = monthAt(text, from);
  const date = paddedDate(text, from + 4);
  if (!clock || Number.isNaN(month + date)) return undefined;
  const year = digits(text, clock.end + 1, 4);
  if (Number.isNaN(year)) return undefined;
  const { hours, within, end } = clock;
  return { year, month, date, hours, within, zone: undefined, end: end + 5 };
}

/** Reads "UTC" and "GMT" too. Other names of zones mean several. */
function namedZoneAt(text: string, from: number): ReturnType<typeof zoneAt> {
  const isUtc = text.startsWith("UTC", from) || text.startsWith("GMT", from);
  return isUtc ? { offset: 0, end: from + 3 } : zoneAt(text, from);
}

/** The number of a month by its first three letters; NaN for any other text. */
function monthAt(text: string, from: number): number {
  return months.get(text.slice(from, from + 3)) ?? Number.NaN;
}

const minute = 60_000;
const months: ReadonlyMap<string, number> = new Map(
  ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map(
    (name, index) => [name, index + 1],
  ),
);

/** The day of the month, of one digit behind a space or of two. */
function paddedDate(text: string, from: number): number {
  return text[from] === " " ? digits(text, from + 1, 1) : digits(text, from, 2);
}

/** A number of exactly so many digits; NaN where there is anything else. */
export function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
