import type { Event } from "../../core/event.ts";
import type { Keys } from "../conditions/keys.ts";
import { seenKeys } from "../conditions/seen.ts";
import type { TextOf } from "../hashing.ts";

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
  const isNewOfIds = (kind: TextOf<Event>, event: Event): boolean => {
    const hash = keys.hashOf(kind, event);
    // Most are known, and then nobody has to know how many are like it.
    if (keys.hasHash(hash)) return false;
    const start = keys.hashOf(kind, event, shortest + 1);
    const cut = keys.hashOf(kind, event, shortest);
    const isRare = last.count(start) <= 2;
    last.add(isRare ? start : cut);
    if (!isRare && keys.hasHash(cut)) return false;
    keys.addHash(isRare ? hash : cut);
    return true;
  };
  return (event) => {
    const kind = keyOf(event);
    if (!kind) return false;
    return event.category === "ids" ? isNewOfIds(kind, event) : keys.add(kind.read(event));
  };
}

/** The hashes that were added last, and how often each is among them. */
function openLast() {
  const hashes = new Float64Array(listSize);
  let oldest = 0;
  return {
    count(hash: number): number {
      let count = 0;
      for (let at = 0; at < listSize; at++) if (hashes[at] === hash) count += 1;
      return count;
    },
    add(hash: number): void {
      hashes[oldest] = hash;
      oldest = (oldest + 1) % listSize;
    },
  };
}
