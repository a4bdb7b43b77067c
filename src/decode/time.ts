const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/**
 * A reader of local times without a zone, as logs write them: the parts of the hour (months count from 1), and the
 * milliseconds `within` it. It remembers the hour it saw last, because asking the time zone for each of 100,000 lines
 * would cost more than everything else. A time that the clock shows twice, in the hour it is set back, is the one nearer
 * to `receivedAt`. Returns milliseconds since 1970, or NaN when a part is out of range.
 */
export function localClock(): LocalClock {
  let lastKey = -1;
  let lastHour = Number.NaN;
  let setBack = 0;
  return ([year, month, date, hours], within, receivedAt) => {
    const key = ((year * 16 + month) * 32 + date) * 32 + hours;
    if (key !== lastKey) {
      const isTime = month >= 1 && month <= 12 && date >= 1 && date <= 31 && hours <= 23;
      if (!isTime) return Number.NaN;
      lastKey = key;
      lastHour = new Date(year, month - 1, date, hours).getTime();
      // The clock is set by at most two hours (Antarctica/Troll), so three see every change that could repeat this one.
      setBack = zoneOffset(lastHour + 3 * hour) - zoneOffset(lastHour);
    }
    const at = lastHour + within;
    return setBack > 0 ? nearer(at, at + setBack, receivedAt) : at;
  };
}

/**
 * A reader of times in UTC: year, month (from 1), date and the milliseconds within the day. It remembers the day it saw
 * last. Returns milliseconds since 1970, or NaN when a part is out of range.
 */
export function utcClock(): (year: number, month: number, date: number, within: number) => number {
  let lastKey = -1;
  let lastDay = Number.NaN;
  return (year, month, date, within) => {
    const key = (year * 16 + month) * 32 + date;
    if (key !== lastKey) {
      if (!(month >= 1 && month <= 12 && date >= 1 && date <= 31)) return Number.NaN;
      lastKey = key;
      lastDay = Date.UTC(year, month - 1, date);
    }
    return lastDay + within;
  };
}

/** Year, month, date and hour. */
type LocalHour = readonly [number, number, number, number];

type LocalClock = (hour: LocalHour, within: number, receivedAt: number) => number;

/** `at`, which JavaScript takes for the first of two equal local times, or `again` if that is one and nearer. */
function nearer(at: number, again: number, receivedAt: number): number {
  const twice = at - zoneOffset(at) === again - zoneOffset(again);
  return twice && Math.abs(again - receivedAt) < Math.abs(at - receivedAt) ? again : at;
}

/** Milliseconds that the zone is behind UTC. */
function zoneOffset(at: number): number {
  return new Date(at).getTimezoneOffset() * 60 * second;
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
