const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** What a `%` and a letter stand for in the location of a log: those of strftime(3) that name files, in the C locale. */
const conversions: Readonly<Record<string, (date: Date) => string>> = {
  "%": () => "%",
  Y: (date) => String(date.getFullYear()),
  y: (date) => padded(date.getFullYear() % 100),
  m: (date) => padded(date.getMonth() + 1),
  d: (date) => padded(date.getDate()),
  e: (date) => String(date.getDate()).padStart(2),
  H: (date) => padded(date.getHours()),
  M: (date) => padded(date.getMinutes()),
  S: (date) => padded(date.getSeconds()),
  j: (date) => String(dayOfYear(date)).padStart(3, "0"),
  a: (date) => (days[date.getDay()] ?? "").slice(0, 3),
  A: (date) => days[date.getDay()] ?? "",
  b: (date) => (months[date.getMonth()] ?? "").slice(0, 3),
  h: (date) => (months[date.getMonth()] ?? "").slice(0, 3),
  B: (date) => months[date.getMonth()] ?? "",
  u: (date) => String(date.getDay() || 7),
  w: (date) => String(date.getDay()),
  F: (date) => strftime("%Y-%m-%d", date),
};

/** The text with the parts of a local time in place of its `%`. What `unknownConversion` finds stays as it is. */
export function strftime(text: string, date: Date): string {
  return text.replace(/%(.)/g, (all, letter: string) => conversions[letter]?.(date) ?? all);
}

/** The first `%` in the text that stands for nothing, with the letter behind it. */
export function unknownConversion(text: string): string | undefined {
  const all = text.match(/%.?/g) ?? [];
  return all.find((one) => !Object.hasOwn(conversions, one.slice(1)));
}

function padded(number: number): string {
  return String(number).padStart(2, "0");
}

/** Counted in calendar days: one of 23 hours is a day too. */
function dayOfYear(date: Date): number {
  const year = date.getFullYear();
  const since = Date.UTC(year, date.getMonth(), date.getDate()) - Date.UTC(year, 0, 1);
  return since / 86_400_000 + 1;
}
