import { hash as digest } from "node:crypto";
import type { Log } from "../../core/log.ts";
import { Journal, readJournal } from "./journal.ts";
import { hashOf, type TextOf, TextSet } from "./text-set.ts";

/** A set of texts that only grows, as far as its bound lets it. */
export interface Keys {
  has(key: string): boolean;
  /** The same for what `key` reads of a thing, which must be no longer than 255 characters. */
  hasOf<Thing>(key: TextOf<Thing>, thing: Thing): boolean;
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
    if (typeof entry === "string") once.add(entry, hashOf(entry));
    else if (Array.isArray(entry) && typeof entry[0] === "string") {
      again.add(entry[0], hashOf(entry[0]));
    }
  }
  const contents = () => [...once.all(), ...again.all().map((key) => [key])];
  const journal = keeping && new Journal(keeping.file, contents, keeping.log);
  const isKnown = (hash: number) => {
    if (again.has(hash)) return true;
    const key = once.text(hash);
    if (key === undefined) return false;
    again.add(key, hash);
    journal?.append([key]);
    return true;
  };
  return {
    has: (text) => isKnown(hashOf(short(text))),
    hasOf: (key, thing) => !(again.isEmpty && once.isEmpty) && isKnown(key.hash(thing)),
    add(text) {
      const key = short(text);
      const hash = hashOf(key);
      if (isKnown(hash)) return false;
      once.add(key, hash);
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
  #young = new TextSet();
  #old = new TextSet();

  constructor(most: number) {
    this.#most = most;
  }

  has(hash: number): boolean {
    return this.text(hash) !== undefined;
  }

  /** The key of that hash, which is asked for now. */
  text(hash: number): string | undefined {
    const young = this.#young.text(hash);
    if (young !== undefined) return young;
    const old = this.#old.text(hash);
    if (old !== undefined) this.add(old, hash);
    return old;
  }

  get isEmpty(): boolean {
    return this.#young.size + this.#old.size === 0;
  }

  add(key: string, hash: number): void {
    this.#young.add(key, hash);
    if (this.#young.size < this.#most) return;
    this.#old = this.#young;
    this.#young = new TextSet();
  }

  all(): string[] {
    return [...this.#old.all(), ...this.#young.all()];
  }
}

function short(key: string): string {
  return key.length > longestKey ? digest("sha256", key, "base64") : key;
}
