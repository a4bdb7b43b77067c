import { isTooOld } from "../analyse/active-response.ts";
import type { Alert } from "../core/alert.ts";
import type { Notice } from "../core/block.ts";
import type { Log } from "../core/log.ts";

/** Whether what an alert asks for comes in time, and was not asked for a moment ago. */
export interface Due {
  /** Whether the alert's line is older than the response would last; 0 seconds: it has no end. Counts, and says so once a minute. */
  isLate(alert: Alert, seconds: number, whom: string): boolean;
  /** Whether the same was asked for a moment ago, of the same network or whatever `whom` names. */
  isAgain(whom: string, what: string, seconds: number): boolean;
  /** Somebody has lifted blocks of these networks. */
  forget(networks: Notice["lifted"]): void;
  lateCount(): number;
}

/** The same is not asked for again within this time, however many lines of an attack come in. */
const repeatSeconds = 10;
const maxRemembered = 10_000;
/** What has no end is not done about what is older. */
const onceSeconds = 600;

export function openDue(log: Log, clock: () => number): Due {
  /** By whom, then by what. */
  const asked = new Map<string, Map<string, number>>();
  const sayLate = lateness(log, clock);
  let late = 0;
  return {
    isLate(alert, seconds, whom) {
      if (!isTooOld(alert, { seconds: seconds || onceSeconds }, clock())) return false;
      late += 1;
      sayLate(alert, whom);
      return true;
    },
    isAgain(whom, what, seconds) {
      const now = clock();
      const again = Math.min(repeatSeconds, seconds / 2) * 1000;
      const before = asked.get(whom) ?? new Map<string, number>();
      // Both ways: a clock that was set back must not spare anybody for as long as the step was.
      if (Math.abs(now - (before.get(what) ?? Number.NEGATIVE_INFINITY)) < again) return true;
      if (asked.size >= maxRemembered) asked.clear();
      asked.set(whom, before.set(what, now));
      return false;
    },
    forget(networks) {
      if (networks === "all") asked.clear();
      else for (const network of networks) asked.delete(network);
    },
    lateCount: () => late,
  };
}

/** So long after a start no line is left that was written before it. */
const backlogMilliseconds = 10 * 60_000;

/** It is a backlog, or the clock or the time zone of who writes a log is not this process's: nobody is blocked then. */
function lateness(log: Log, clock: () => number): (alert: Alert, whom: string) => void {
  const openedAt = clock();
  let saidAt = Number.NEGATIVE_INFINITY;
  return ({ event }, whom) => {
    const now = clock();
    if (Math.abs(now - saidAt) < 60_000) return;
    saidAt = now;
    const minutes = Math.round((now - event.at) / 60_000);
    const old = `its line in ${event.location} says it is ${minutes} min old`;
    log.warn(
      Math.abs(now - openedAt) > backlogMilliseconds
        ? `${whom} is not blocked: ${old}, though it is no backlog; correct clock or time zone of who writes it, then: stockade restart`
        : `${whom} is not blocked: ${old}; unless that is a backlog, check the clock, and restart Stockade after a change of time zone`,
    );
  };
}
