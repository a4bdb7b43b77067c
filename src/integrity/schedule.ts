/** When everything is looked at, as `<syscheck>` says it. */
export interface Timetable {
  /** Seconds between two scans. */
  readonly frequency: number;
  /** Minutes after midnight, local time. */
  readonly scanTime?: number | undefined;
  /** 0 is Sunday. */
  readonly scanDay?: number | undefined;
}

/**
 * When the next scan is due, in milliseconds since 1970: `frequency` after the last one, or, where a time or a day is set,
 * the next such moment (OSSEC: at that time each day, once on that day, at that time on that day).
 */
export function nextScan({ frequency, scanTime, scanDay }: Timetable, last: number): number {
  if (scanTime === undefined && scanDay === undefined) return last + frequency * 1000;
  const due = new Date(last);
  due.setHours(0, scanTime ?? 0, 0, 0);
  for (let days = 0; days < 9; days++) {
    const isDay = scanDay === undefined || due.getDay() === scanDay;
    if (isDay && due.getTime() > last) return due.getTime();
    due.setDate(due.getDate() + 1);
    due.setHours(0, scanTime ?? 0, 0, 0);
  }
  return last + frequency * 1000;
}
