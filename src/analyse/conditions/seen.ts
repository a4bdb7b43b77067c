import type { Event } from "../../core/event.ts";

/** What was seen before. */
export interface Seen {
  /** Whether the event's like was not seen yet. Never for one of a decoder that does not say what makes it new. */
  isNew(event: Event): boolean;
  /** The event has been seen now. */
  add(event: Event): void;
}

/** How many are remembered: what is made up anew in every line must not fill the memory. */
const mostKeys = 100_000;
/** OSSEC's limit of a key, in characters. */
const longestKey = 255;

/** What an event is remembered by, in OSSEC's order; the decoder's name comes first, always (`fts.c`). */
const parts: readonly (readonly [string, (event: Event) => string | undefined])[] = [
  ["id", ({ fields }) => fields["id"]],
  ["dstuser", ({ fields }) => fields["dstuser"]],
  ["srcuser", ({ fields }) => fields["srcuser"]],
  ["srcip", ({ fields }) => fields["srcip"]],
  ["dstip", ({ fields }) => fields["dstip"]],
  ["extra_data", ({ fields }) => fields["extra_data"]],
  ["system_name", ({ fields }) => fields["system_name"]],
  ["location", ({ location }) => location],
];

/** Makes the memory behind `<if_fts>`: which kinds of events were seen, by what their decoder's `<fts>` names. */
export function openSeen(): Seen {
  const keys = new Set<string>();
  return {
    isNew(event) {
      const key = seenKey(event);
      return key !== undefined && !keys.has(key);
    },
    add(event) {
      const key = seenKey(event);
      if (key === undefined) return;
      keys.delete(key);
      keys.add(key);
      const [oldest] = keys.size > mostKeys ? keys : [];
      if (oldest !== undefined) keys.delete(oldest);
    },
  };
}

/** What an event is remembered by; undefined for one of a decoder that does not say what makes it new. */
export function seenKey(event: Event): string | undefined {
  const { decoder, fts } = event;
  if (decoder === undefined || !fts) return undefined;
  const named = parts.map(([name, read]) => (fts.includes(name) ? (read(event) ?? "") : ""));
  return [decoder, ...named].join(" ").slice(0, longestKey);
}
