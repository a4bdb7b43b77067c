/** When everything is looked at, as `<syscheck>` says it. */
export interface Timetable {
  readonly frequencySeconds: number;
  /** Minutes after midnight, local time. */
  readonly scanTime?: number | undefined;
  /** 0 is Sunday. */
  readonly scanDays?: readonly number[] | undefined;
}

/**
 * When the next scan is due, in milliseconds since 1970: `frequencySeconds` after the last one, or, where a time or a day is set,
 * the next such moment (OSSEC: at that time each day, once on such a day, at that time on such a day).
 */
export function nextScan(
  { frequencySeconds, scanTime, scanDays }: Timetable,
  last: number,
): number {
  if (scanTime === undefined && scanDays === undefined) return last + frequencySeconds * 1000;
  const due = new Date(last);
  due.setHours(0, scanTime ?? 0, 0, 0);
  for (let days = 0; days < 9; days++) {
    const isDay = scanDays?.includes(due.getDay()) ?? true;
    if (isDay && due.getTime() > last) return due.getTime();
    due.setDate(due.getDate() + 1);
    due.setHours(0, scanTime ?? 0, 0, 0);
  }
  return last + frequencySeconds * 1000;
}
