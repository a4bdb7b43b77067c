import { Failure } from "../../core/failure.ts";

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/**
 * Compiles a rule's `<weekday>`: names or their first three letters, "weekdays" and "weekends", with commas or blanks
 * between; "!" in front means all other days, which OSSEC refuses. What comes out is asked with 0 for Sunday. Throws a
 * `Failure` for any other word.
 */
export function weekdays(text: string, compatible: boolean): (weekday: number) => boolean {
  const trimmed = text.trim();
  const isNegated = trimmed.startsWith("!");
  if (isNegated && compatible) {
    throw new Failure(`is "${trimmed}", and OSSEC knows no "!" here`);
  }
  const words = trimmed.replace(/^!\s*/, "").split(/[\s,]+/);
  const named = new Set(words.flatMap((word) => daysOf(word.toLowerCase())));
  return (weekday) => named.has(weekday) !== isNegated;
}

function daysOf(word: string): number[] {
  if (word === "weekdays") return [1, 2, 3, 4, 5];
  if (word === "weekends") return [0, 6];
  const index = days.findIndex((day) => word === day || word === day.slice(0, 3));
  if (index >= 0) return [index];
  throw new Failure(`is "${word}", expected days such as monday or tue, weekdays or weekends`);
}
