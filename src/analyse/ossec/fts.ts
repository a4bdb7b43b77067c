import type { Event } from "../../core/event.ts";
import type { Keys } from "../conditions/keys.ts";
import { seenKey } from "../conditions/seen.ts";

/** `fts_list_size` and `fts_min_size_for_str` in OSSEC's internal options. */
const listSize = 32;
const shortest = 14;

/**
 * OSSEC's `FTS()`: whether an event is the first of its kind, which it then no longer is. Of type ids, a kind like more
 * than two of the last 32 ones is cut to its first 14 characters, so that later ones like it are not new.
 */
export function openFts(keys: Keys): (event: Event) => boolean {
  const last: string[] = [];

  const cut = (key: string): string => {
    const start = key.slice(0, shortest + 1);
    const isLong = start.length > shortest;
    const alike = isLong ? last.filter((one) => one.startsWith(start)).length : 0;
    const kept = alike > 2 ? key.slice(0, shortest) : key;
    if (last.push(kept) > listSize) last.shift();
    return kept;
  };

  return (event) => {
    const key = seenKey(event, true);
    if (key === undefined || keys.has(key)) return false;
    const kept = event.category === "ids" ? cut(key) : key;
    if (keys.has(kept)) return false;
    keys.add(kept);
    return true;
  };
}
