import { hash } from "node:crypto";
import type { Event } from "../../core/event.ts";
import { Journal, readJournal } from "./journal.ts";
import type { Keeping } from "./keys.ts";

/** For `<check_diff>`, and for what nmap finds: what came last from a place. */
export interface LastTexts {
  /** Whether any text of the place is known. */
  has(place: string): boolean;
  /**
   * The text before, when this is another one; it changes nothing, so that a rule may still fail. The first text of a place
   * differs from nothing and is remembered at once.
   */
  peek(place: string, text: string): string | undefined;
  /** This is the last text of the place now. */
  commit(place: string, text: string): void;
  /** Writes to disk what is new. Never throws. */
  flush(): void;
  close(): void;
}

/** In characters, for all places together. */
const mostCharacters = 8_000_000;
const longestText = 64_000;

/** OSSEC keeps no text of so many bytes. */
const ossecLimit = 8192;

/**
 * The place an event belongs to for a rule: host, location and rule. To OSSEC (`dodiff.c`) it is host and rule alone, of the
 * host "(agent) address" the agent; and a message of 8,192 bytes or more has none.
 */
export function placeOf(
  event: Event,
  host: string,
  rule: number,
  compatible: boolean,
): string | undefined {
  const from = event.host ?? host;
  if (!compatible) return JSON.stringify([from, event.location, rule]);
  if (Buffer.byteLength(event.log) >= ossecLimit) return undefined;
  const agent = /^\(([^)]*)/.exec(from)?.[1];
  return JSON.stringify([agent ?? from, rule]);
}

/** Opens the memory of so many places at the most. Throws a `Failure` when the file cannot be written. */
export function openLastTexts(mostPlaces: number, keeping?: Keeping): LastTexts {
  const texts = new Map<string, string>();
  let characters = 0;

  const keep = (place: string, text: string) => {
    characters += text.length - (texts.get(place)?.length ?? 0);
    texts.delete(place);
    texts.set(place, text);
    for (const [oldest, { length }] of texts) {
      if (texts.size <= mostPlaces && characters <= mostCharacters) return;
      texts.delete(oldest);
      characters -= length;
    }
  };

  for (const entry of keeping ? readJournal(keeping.file) : []) {
    if (!Array.isArray(entry)) continue;
    const [place, text]: unknown[] = entry;
    if (typeof place === "string" && typeof text === "string") keep(place, text);
  }
  const journal = keeping && new Journal(keeping.file, () => texts, keeping.log);

  const commit = (place: string, text: string) => {
    const kept = short(text);
    keep(place, kept);
    journal?.append([place, kept]);
  };

  return {
    has: (place) => texts.has(place),
    peek(place, text) {
      const before = texts.get(place);
      if (before === undefined) commit(place, text);
      return before === short(text) ? undefined : before;
    },
    commit,
    flush: () => journal?.flush(),
    close: () => journal?.close(),
  };
}

/** The beginning of a long text stands for it, with a hash of the whole. */
function short(text: string): string {
  if (text.length <= longestText) return text;
  return `${text.slice(0, longestText)} ... (sha256 ${hash("sha256", text)})`;
}
