import type { Event } from "../../core/event.ts";
import type { Keys } from "../conditions/keys.ts";
import { seenKeys } from "../conditions/seen.ts";

/** `fts_list_size` and `fts_min_size_for_str` in OSSEC's internal options. */
const listSize = 32;
const shortest = 14;

/**
 * OSSEC's `FTS()`: whether an event is the first of its kind, which it then no longer is. Of type ids, a kind like more
 * than two of the last 32 ones is cut to its first 14 characters, so that later ones like it are not new.
 */
export function openFts(keys: Keys): (event: Event) => boolean {
  const last = openLast();
  const keyOf = seenKeys(true);
  const isNewOfIds = (key: string): boolean => {
    // Most are known, and then nobody has to know how many are like it.
    if (keys.has(key)) return false;
    const start = key.slice(0, shortest + 1);
    if (start.length <= shortest || last.count(start) <= 2) {
      last.add(start);
      return keys.add(key);
    }
    last.add(key.slice(0, shortest));
    return keys.add(key.slice(0, shortest));
  };
  return (event) => {
    const key = keyOf(event);
    if (key === undefined) return false;
    return event.category === "ids" ? isNewOfIds(key) : keys.add(key);
  };
}

/** The last texts that were added, and how often each is among them. */
function openLast() {
  const texts: string[] = [];
  const counts = new Map<string, number>();
  const count = (text: string) => counts.get(text) ?? 0;
  return {
    count,
    add(text: string): void {
      counts.set(text, count(text) + 1);
      if (texts.push(text) <= listSize) return;
      const gone = texts.shift() ?? "";
      counts.set(gone, count(gone) - 1);
      if (count(gone) === 0) counts.delete(gone);
    },
  };
}
