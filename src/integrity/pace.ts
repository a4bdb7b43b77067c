import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";

/** Keeps a scan slow enough for nobody to notice, and lets the rest of the process have its turn. */
export interface Pace {
  /** Says what was just done. Where a promise is returned, the scan goes on when it is fulfilled. */
  spend(cost: { files?: number; bytes?: number }): Promise<unknown> | undefined;
}

export interface Rates {
  /** Files that are read in a second; looking at one without reading it counts a tenth. 0: as fast as possible. */
  readonly files: number;
  readonly bytes: number;
}

/** A scan that works for longer than this at a stretch keeps a question to the process waiting. */
const longestStretch = 20;
/** Shorter pauses cost more than they spare. */
const shortestPause = 10;
/** What was not used before is not made up for. */
const mostSaved = 200;

/** `now` is in milliseconds and never goes back. */
export function paceOf(rates: Rates, now: () => number = () => performance.now()): Pace {
  const perFile = rates.files > 0 ? 1000 / rates.files : 0;
  const perByte = rates.bytes > 0 ? 1000 / rates.bytes : 0;
  let paidUntil = now();
  let turnAt = now();
  return {
    spend({ files = 0, bytes = 0 }) {
      const time = now();
      paidUntil = Math.max(paidUntil, time - mostSaved) + files * perFile + bytes * perByte;
      const pause = paidUntil - time;
      if (pause >= shortestPause) {
        turnAt = time + pause;
        return sleep(pause);
      }
      if (time - turnAt < longestStretch) return undefined;
      turnAt = time;
      return turn();
    },
  };
}
