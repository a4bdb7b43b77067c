/** When everything is looked at, as `<syscheck>` says it. */
export interface Timetable {
  readonly frequencySeconds: number;
  /** Minutes after midnight, local time. */
  readonly scanTime?: number | undefined;
  /** 0 is Sunday. */
  readonly scanDays?: readonly number[] | undefined;
  /** Whether everything is looked at after a start. */
  readonly scanOnStart: boolean;
}

/** When a look at everything was over, in milliseconds since 1970: any, and one that read every file. */
export interface PastLooks {
  readonly looked: number | undefined;
  readonly read: number | undefined;
}

/** Says when everything is to be looked at. All times are milliseconds since 1970. */
export interface Schedule {
  readonly nextAt: () => number;
  /** No later than in so many milliseconds. */
  soon(milliseconds: number): void;
  /** Whether a look is due, and whether it is to read every file; one that is due is not due again. */
  due(isBlind: boolean): "look" | "read" | undefined;
}

const betweenReading = 86_400_000;
/** Where changes are not seen as they happen. */
const withoutSight = 900_000;

/** `past` is asked each time: what was looked at before this process began counts. */
export function openSchedule(
  timetable: Timetable,
  past: () => PastLooks,
  clock: () => number,
): Schedule {
  let nextAt = timetable.scanOnStart ? clock() : firstAt(timetable, past(), clock());
  const isToRead = (now: number) => Math.abs(now - (past().read ?? 0)) >= betweenReading;
  return {
    nextAt: () => nextAt,
    soon(milliseconds) {
      nextAt = Math.min(nextAt, clock() + milliseconds);
    },
    due(isBlind) {
      const now = clock();
      const latest = Math.min(
        nextScan(timetable, now),
        isBlind ? now + withoutSight : Number.POSITIVE_INFINITY,
      );
      // Later than that it can only be because the clock was set back.
      nextAt = Math.min(nextAt, latest);
      if (now < nextAt) return undefined;
      nextAt = latest;
      return isToRead(now) ? "read" : "look";
    },
  };
}

/** After a start without a look: a time or a day comes of itself, and so many seconds count from the last look, whoever made it. */
function firstAt(timetable: Timetable, { looked }: PastLooks, now: number): number {
  const { scanTime, scanDays } = timetable;
  const isAtTimes = scanTime !== undefined || scanDays !== undefined;
  return nextScan(timetable, isAtTimes ? now : Math.min(looked ?? now, now));
}

/**
 * When the next scan is due, in milliseconds since 1970: `frequencySeconds` after the last one, or, where a time or a day is set,
 * the next such moment (OSSEC: at that time each day, once on such a day, at that time on such a day).
 */
export function nextScan(
  { frequencySeconds, scanTime, scanDays }: Omit<Timetable, "scanOnStart">,
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
