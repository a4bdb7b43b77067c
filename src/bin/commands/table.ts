/** Rows as aligned lines, two blanks between columns. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** "2026-11-22 10:06:40" in the server's own zone. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

const halfYear = 182 * 86_400_000;

/** "10:06:40" of today, "Nov 20 10:06" of another day, "2027-09-18" where the year is not plain. */
export function briefTime(at: number, now: number = Date.now()): string {
  const [day = "", time = ""] = localTime(at).split(" ");
  if (localTime(now).startsWith(day)) return time;
  if (Math.abs(at - now) > halfYear) return day;
  const [, month, date] = day.split("-");
  return `${months[Number(month) - 1]} ${date} ${time.slice(0, 5)}`;
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** "3 s", "5 min", "2 h", "4 d": how long ago or from now. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} d`;
}

/** "12:00:03 +1.2 s  text": what happened now, and how long after the beginning. */
export function stamped(began: number, text: string): string {
  const passed = ((Date.now() - began) / 1000).toFixed(1);
  return `${localTime(Date.now()).slice(11)} ${`+${passed}`.padStart(6)} s  ${text}`;
}

/** A line of words as several of at most so many characters, the further ones indented a little more. Long words stay whole. */
export function fold(line: string, width = 80): string[] {
  const indent = " ".repeat(line.length - line.trimStart().length);
  const folded: string[] = [];
  let last = "";
  for (const word of line.trimStart().split(" ")) {
    const longer = last === "" ? `${indent}${word}` : `${last} ${word}`;
    if (longer.length <= width || last === "") last = longer;
    else {
      folded.push(last);
      last = `${indent}  ${word}`;
    }
  }
  return [...folded, last];
}
