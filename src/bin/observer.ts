import type { Wish } from "../analyse/active-response.ts";
import { coveredBy } from "../core/block.ts";
import type { Log } from "../core/log.ts";
import { wouldBlock } from "./wishes.ts";

/** Tells of blocks that are not made. */
export interface Observer {
  /** False where the same is told already: as long as the block would have lasted. */
  observe(wish: Wish, rule: number, because: string): boolean;
  /** What was told last. */
  last(): string | undefined;
}

const maxRemembered = 10_000;

/** `say` leads to an alert of its own; `clock` is in milliseconds. */
export function openObserver(say: (text: string) => void, log: Log, clock: () => number): Observer {
  const told = new Map<string, { at: number; until: number }>();
  let last: string | undefined;
  return {
    observe(wish, rule, because) {
      const now = clock();
      const key = coveredBy(wish.address).text;
      const before = told.get(key);
      // A clock that was set back ends it, too.
      if (before && before.at <= now && now < before.until) return false;
      if (told.size >= maxRemembered) told.clear();
      told.set(key, { at: now, until: now + wish.seconds * 1000 });
      last = `${wouldBlock(wish, rule)}: ${because}`;
      log.info(last);
      say(`stockade: ${last}`);
      return true;
    },
    last: () => last,
  };
}
