import type { Log } from "../../core/log.ts";
import { HashMap } from "../hash-map.ts";
import { Hashing, newSeeds, type Seeds, type TextOf } from "../hashing.ts";
import { Journal, readJournal } from "./journal.ts";

/** A set of texts that only grows, as far as its bound lets it. It knows them by their hashes alone. */
export interface Keys {
  has(key: string): boolean;
  /** The same for what `key` reads of a thing. */
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

/**
 * Opens a set of at most `most` keys, in memory alone unless they are to be kept. Half of it belongs to keys that were asked
 * for again: what is made up anew in each line drives out its like only. Throws a `Failure` when the file cannot be written.
 */
export function openKeys(most: number, keeping?: Keeping): Keys {
  const once = new Recent(most / 4);
  const again = new Recent(most / 4);
  const [first, ...entries] = keeping ? readJournal(keeping.file) : [];
  const seeds = seedsIn(first);
  const hashing = new Hashing(seeds);
  for (const entry of seeds ? entries : []) {
    const [hash, list] = Array.isArray(entry) ? [entry[0], again] : [entry, once];
    if (isHash(hash)) list.add(hash);
  }
  const contents = () => [
    { seeds: hashing.seeds },
    ...once.all(),
    ...again.all().map((hash) => [hash]),
  ];
  const journal = keeping && new Journal(keeping.file, contents, keeping.log);
  const isKnown = (hash: number) => {
    if (again.has(hash)) return true;
    if (!once.has(hash)) return false;
    again.add(hash);
    journal?.append([hash]);
    return true;
  };
  return {
    has: (text) => isKnown(hashing.of(text)),
    hasOf: (key, thing) => !(again.isEmpty && once.isEmpty) && isKnown(key.hash(thing, hashing)),
    add(text) {
      const hash = hashing.of(text);
      if (isKnown(hash)) return false;
      once.add(hash);
      journal?.append(hash);
      return true;
    },
    flush: () => journal?.flush(),
    close: () => journal?.close(),
  };
}

/** A file begins with the seeds of its hashes: without them they say nothing. */
function seedsIn(entry: unknown): Seeds | undefined {
  if (typeof entry !== "object" || entry === null || !("seeds" in entry)) return undefined;
  const { seeds } = entry;
  if (!Array.isArray(seeds) || seeds.length !== newSeeds().length) return undefined;
  return seeds.every((seed) => seed === (seed | 0)) ? (seeds as unknown as Seeds) : undefined;
}

function isHash(value: unknown): value is number {
  return Number.isSafeInteger(value) && value !== 0;
}

/** Remembers the last `most` keys at least, and twice as many at the most. Keys that are asked for stay. */
class Recent {
  readonly #most: number;
  #young = new HashMap();
  #old = new HashMap();

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the key of that hash is there, which is asked for now. */
  has(hash: number): boolean {
    if (this.#young.has(hash)) return true;
    if (!this.#old.has(hash)) return false;
    this.add(hash);
    return true;
  }

  get isEmpty(): boolean {
    return this.#young.size + this.#old.size === 0;
  }

  add(hash: number): void {
    this.#young.set(hash, 0);
    if (this.#young.size < this.#most) return;
    this.#old = this.#young;
    this.#young = new HashMap();
  }

  all(): number[] {
    return [...this.#old.hashes(), ...this.#young.hashes()];
  }
}
