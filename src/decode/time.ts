const second = 1000;
const day = 86_400 * second;

/**
 * A reader of local times without a zone, as logs write them. It remembers the hour it saw last, because asking the
 * time zone for each of 100,000 lines would cost more than everything else. Months count from 1.
 * Returns milliseconds since 1970, or NaN when a part is out of range.
 */
export function localClock(): (year: number, month: number, date: number, hour: number) => number {
  let lastKey = -1;
  let lastHour = Number.NaN;
  return (year, month, date, hour) => {
    const key = ((year * 16 + month) * 32 + date) * 32 + hour;
    if (key === lastKey) return lastHour;
    if (month < 1 || month > 12 || date < 1 || date > 31 || hour > 23) return Number.NaN;
    lastKey = key;
    lastHour = new Date(year, month - 1, date, hour).getTime();
    return lastHour;
  };
}

/** The year of a date that was written without one: the latest that is not more than a day after `now`. */
export function yearOf(month: number, date: number, now: number): number {
  const year = new Date(now).getFullYear();
  return new Date(year, month - 1, date).getTime() > now + day ? year - 1 : year;
}

/**
 * The log's own time where it can be believed, else the time the line was read: a time more than a minute ahead or a
 * week behind is a broken clock or a lie, and must not reach into another window.
 */
export function believable(at: number, receivedAt: number): number {
  return at <= receivedAt + 60 * second && at >= receivedAt - 7 * day ? at : receivedAt;
}
