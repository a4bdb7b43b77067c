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
    const start = kind.read(event, shortest + 1).slice(0, shortest + 1);
    if (start.length <= shortest || last.count(start) <= 2) {
      last.add(start);
      keys.addHash(hash);
      return true;
    }
    const cut = start.slice(0, shortest);
    last.add(cut);
    return keys.add(cut);
  };
  return (event) => {
    const kind = keyOf(event);
    if (!kind) return false;
    return event.category === "ids" ? isNewOfIds(kind, event) : keys.add(kind.read(event));
  };
}

/** The last texts that were added, and how often each is among them. */
function openLast() {
  const counts = new Map<string, { readonly text: string; count: number }>();
  const texts: { readonly text: string; count: number }[] = [];
  let oldest = 0;
  return {
    count: (text: string) => counts.get(text)?.count ?? 0,
    add(text: string): void {
      const known = counts.get(text) ?? { text, count: 0 };
      if (known.count === 0) counts.set(text, known);
      known.count += 1;
      const gone = texts[oldest];
      texts[oldest] = known;
      oldest = (oldest + 1) % listSize;
      if (!gone) return;
      gone.count -= 1;
      if (gone.count === 0) counts.delete(gone.text);
    },
  };
}
