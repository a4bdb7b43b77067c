const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

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

/**
 * A guess at the year of dates that are written without one: the latest year in which the date is not more than a day
 * after `now`. Remembers the last date for an hour of `now`, because a log says the same one many times.
 */
export function yearGuess(): (month: number, date: number, now: number) => number {
  let lastKey = -1;
  let lastYear = 0;
  return (month, date, now) => {
    const key = Math.floor(now / hour) * 512 + month * 32 + date;
    if (key === lastKey) return lastYear;
    const year = new Date(now).getFullYear();
    lastKey = key;
    lastYear = new Date(year, month - 1, date).getTime() > now + day ? year - 1 : year;
    return lastYear;
  };
}

/**
 * The log's own time where it can be believed, else the time the line was read: a time more than a minute ahead or a
 * week behind is a broken clock or a lie, and must not reach into another window.
 */
export function believable(at: number, receivedAt: number): number {
  return at <= receivedAt + 60 * second && at >= receivedAt - 7 * day ? at : receivedAt;
}
