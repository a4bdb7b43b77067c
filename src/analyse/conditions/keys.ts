import { hash } from "node:crypto";
import type { Log } from "../../core/log.ts";
import { Journal, readJournal } from "./journal.ts";

/** A set of texts that only grows, as far as its bound lets it. */
export interface Keys {
  has(key: string): boolean;
  /** Adds a key, and says whether it was not there. */
  add(key: string): boolean;
  /** Writes to disk what is new. Never throws. */
  flush(): void;
  close(): void;
}

/** The file that keeps something across restarts. */
export interface Keeping {
  readonly file: string;
  readonly log: Log;
}

/** What is longer, in characters, is known by its hash. */
const longestKey = 255;

/**
 * Opens a set of at most `most` keys, in memory alone unless they are to be kept. Half of it belongs to keys that were asked
 * for again: what is made up anew in each line drives out its like only. Throws a `Failure` when the file cannot be written.
 */
export function openKeys(most: number, keeping?: Keeping): Keys {
  const once = new Recent(most / 4);
  const again = new Recent(most / 4);
  for (const entry of keeping ? readJournal(keeping.file) : []) {
    if (typeof entry === "string") once.add(entry);
    else if (Array.isArray(entry) && typeof entry[0] === "string") again.add(entry[0]);
  }
  const contents = () => [...once.all(), ...again.all().map((key) => [key])];
  const journal = keeping && new Journal(keeping.file, contents, keeping.log);
  const isKnown = (key: string) => {
    if (again.has(key)) return true;
    if (!once.has(key)) return false;
    again.add(key);
    journal?.append([key]);
    return true;
  };
  return {
    has: (text) => isKnown(short(text)),
    add(text) {
      const key = short(text);
      if (isKnown(key)) return false;
      once.add(key);
      journal?.append(key);
      return true;
    },
    flush: () => journal?.flush(),
    close: () => journal?.close(),
  };
}

/** Remembers the last `most` keys at least, and twice as many at the most. Keys that are asked for stay. */
class Recent {
  readonly #most: number;
  #young = new Set<string>();
  #old = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  has(key: string): boolean {
    if (this.#young.has(key)) return true;
    const isOld = this.#old.has(key);
    if (isOld) this.add(key);
    return isOld;
  }

  add(key: string): void {
    this.#young.add(key);
    if (this.#young.size < this.#most) return;
    this.#old = this.#young;
    this.#young = new Set();
  }

  all(): string[] {
    return [...this.#old, ...this.#young];
  }
}

function short(key: string): string {
  return key.length > longestKey ? hash("sha256", key, "base64") : key;
}
