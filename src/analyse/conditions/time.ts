import { Failure } from "../../core/failure.ts";

/**
 * Compiles a rule's `<time>`: `[!]TIME-TIME`, where TIME is "8", "20:30", "8 am" or "8:30 pm". What comes out is asked with
 * minutes since local midnight. Both ends are inside, also of a range over midnight, and "12 am" is midnight.
 *
 * OSSEC (`validate_op.c`) takes "12 am" for noon, and keeps a range over midnight as what is not between its ends: both
 * ends are outside then, and a "!" is lost. Throws a `Failure` for anything else.
 */
export function timeRange(text: string, compatible: boolean): (minute: number) => boolean {
  const [, not = "", first = "", last = ""] =
    /^\s*(!?)\s*([^-]*?)\s*-\s*([^-]*?)\s*$/.exec(text) ?? [];
  const from = minuteOf(first, compatible);
  const to = minuteOf(last, compatible);
  if (from === undefined || to === undefined) {
    throw new Failure(`is "${text.trim()}", expected a range such as 8:30 am - 6 pm or 22:00-6:00`);
  }
  if (from > to && compatible) return (minute) => minute < to || minute > from;
  const isInside =
    from > to
      ? (minute: number) => minute >= from || minute <= to
      : (minute: number) => minute >= from && minute <= to;
  return not === "!" ? (minute) => !isInside(minute) : isInside;
}

function minuteOf(text: string, compatible: boolean): number | undefined {
  const found = /^(\d{1,2})(?::(\d\d))?\s*(am|pm)?$/i.exec(text);
  if (!found) return undefined;
  const [, hours = "", minutes = "0", half] = found;
  const hour = hourOf(Number(hours), half?.toLowerCase(), compatible);
  const minute = Number(minutes);
  return hour === undefined || minute > 59 ? undefined : hour * 60 + minute;
}

/** Undefined where there is no such hour. OSSEC knows "0 am" and "13 am", but no "13 pm". */
function hourOf(hour: number, half: string | undefined, compatible: boolean): number | undefined {
  const [least, most] = half === undefined || compatible ? [0, 23] : [1, 12];
  if (hour < least || hour > most) return undefined;
  if (half === "pm") return afternoon(hour);
  return half === "am" && hour === 12 && !compatible ? 0 : hour;
}

function afternoon(hour: number): number | undefined {
  if (hour > 12) return undefined;
  return hour === 12 ? 12 : hour + 12;
}
