import { Failure } from "../core/failure.ts";

/** A time of day as OSSEC takes it, "21pm", "8:30", "8:30pm", in minutes since midnight. */
export function minutesIn(value: string): number {
  const [, hours, minutes = "0", half] = /^(\d{1,2})(?::(\d{2}))? ?(am|pm)?$/i.exec(value) ?? [];
  const hour = hourIn(Number(hours), half?.toLowerCase());
  if (hour >= 0 && hour <= 23 && Number(minutes) <= 59) return hour * 60 + Number(minutes);
  throw new Failure(`is "${value}", expected a time of day, as 21:30 or 9:30pm`);
}

function hourIn(hour: number, half: string | undefined): number {
  if (half === "pm" && hour < 12) return hour + 12;
  return half === "am" && hour === 12 ? 0 : hour;
}

const names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** Days of the week, 0 for Sunday: a name or its first three letters, several, "weekdays", "weekends". */
export function daysIn(value: string): number[] {
  const words = value
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  const days = words.flatMap((word) => dayIn(word, value));
  if (days.length === 0) throw new Failure("is empty, expected a day of the week");
  return [...new Set(days)].sort();
}

function dayIn(word: string, value: string): number[] {
  if (word === "weekdays") return [1, 2, 3, 4, 5];
  if (word === "weekends") return [0, 6];
  const day = names.findIndex((name) => name === word || name.slice(0, 3) === word);
  if (day >= 0) return [day];
  throw new Failure(`is "${value}", expected a day of the week`, {
    hint: "as monday, or several of them, or weekdays, or weekends",
  });
}
