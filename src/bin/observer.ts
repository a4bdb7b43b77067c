import type { Log } from "../core/log.ts";

/** Something that is not done. */
interface Observed {
  /** Whom it would be done to: the same is told once. */
  readonly key: string;
  /** "would block 192.0.2.7 for 600 s by rule 5712" */
  readonly text: string;
  readonly seconds: number;
}

/** Tells of responses that are not made. */
export interface Observer {
  /** False where the same is told already: as long as it would have lasted. */
  observe(observed: Observed, because: string): boolean;
  /** What was told last. */
  last(): string | undefined;
}

const maxRemembered = 10_000;

/** `say` leads to an alert of its own; `clock` is in milliseconds. */
export function openObserver(say: (text: string) => void, log: Log, clock: () => number): Observer {
  const told = new Map<string, { at: number; until: number }>();
  let last: string | undefined;
  return {
    observe({ key, text, seconds }, because) {
      const now = clock();
      const before = told.get(key);
      // A clock that was set back ends it, too.
      if (before && before.at <= now && now < before.until) return false;
      if (told.size >= maxRemembered) told.clear();
      told.set(key, { at: now, until: now + seconds * 1000 });
      last = `${text}: ${because}`;
      log.info(last);
      say(`stockade: ${last}`);
      return true;
    },
    last: () => last,
  };
}
