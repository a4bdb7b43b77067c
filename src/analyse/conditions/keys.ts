import * as z from "zod";
import type { Log } from "../../core/log.ts";
import { absent, HashMap } from "../hash-map.ts";
import { Hashing, type TextOf } from "../hashing.ts";
import { Journal, readJournal } from "./journal.ts";

/** A set of texts that only grows, as far as its bound lets it. It knows them by their hashes alone. */
export interface Keys {
  has(key: string): boolean;
  /** The same for what `key` reads of a thing. */
  hasOf<Thing>(key: TextOf<Thing>, thing: Thing): boolean;
  /** By what it knows that, or its first `most` characters. */
  hashOf<Thing>(key: TextOf<Thing>, thing: Thing, most?: number): number;
  hasHash(hash: number): boolean;
  /** Adds what was just found not to be there. */
  addHash(hash: number): void;
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
  const known = new Known(most / 4);
  const hashing = keeping ? restored(known, keeping.file) : new Hashing();
  const contents = () => [
    { seeds: hashing.seeds },
    ...known.all(once),
    ...known.all(again).map((hash) => [hash]),
  ];
  const journal = keeping && new Journal(keeping.file, contents, keeping.log);
  const isKnown = (hash: number) => {
    const kind = known.ask(hash);
    if (kind === once) journal?.append([hash]);
    return kind !== undefined;
  };
  const add = (hash: number) => {
    known.add(hash, once);
    journal?.append(hash);
  };
  return {
    has: (text) => isKnown(hashing.of(text)),
    hashOf: (key, thing, most) => key.hash(thing, hashing, most),
    hasHash: isKnown,
    hasOf: (key, thing) => !known.isEmpty && isKnown(key.hash(thing, hashing)),
    add(text) {
      const hash = hashing.of(text);
      if (isKnown(hash)) return false;
      add(hash);
      return true;
    },
    addHash: add,
    flush: () => journal?.flush(),
    close: () => journal?.close(),
  };
}

/** Adds the keys of the file, and returns what makes their hashes. */
function restored(known: Known, file: string): Hashing {
  const entries = readJournal(file);
  const seeds = Beginning.safeParse(entries[0]).data?.seeds;
  const hashing = new Hashing(seeds);
  for (const entry of entries) {
    const isAgain = Array.isArray(entry);
    const hash = hashIn(isAgain ? entry[0] : entry, hashing, seeds !== undefined);
    if (hash !== undefined) known.add(hash, isAgain ? again : once);
  }
  return hashing;
}

/** Numbers say nothing without the seeds of the file. Earlier versions wrote texts. */
function hashIn(key: unknown, hashing: Hashing, hasSeeds: boolean): number | undefined {
  if (typeof key === "string") return hashing.of(key);
  return hasSeeds && isHash(key) ? key : undefined;
}

const seed = z.int32();
/** A file begins with the seeds of its hashes. */
const Beginning = z.object({ seeds: z.tuple([seed, seed, seed, seed]) });

function isHash(value: unknown): value is number {
  return Number.isSafeInteger(value) && value !== 0;
}

const once = 0;
const again = 1;
type Kind = typeof once | typeof again;

/**
 * Keys of both kinds, of each the last `most` at least, and twice as many at the most: a key belongs to the generation in
 * which it was asked for last, and only the last two generations of its kind are known.
 */
class Known {
  readonly #most: number;
  /** The number of the last generation, and how many keys it has, by kind. */
  readonly #last: [number, number] = [1, 1];
  readonly #young: [number, number] = [0, 0];
  /** By the hash of a key twice the number of its generation, and its kind. */
  readonly #keys = new HashMap((value) => this.#isIn(value));

  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  add(hash: number, kind: Kind): void {
    this.#keys.set(hash, 2 * this.#last[kind] + kind);
    this.#young[kind] += 1;
    if (this.#young[kind] < this.#most) return;
    this.#young[kind] = 0;
    this.#last[kind] += 1;
  }

  /** Of which kind the key of that hash was until now, when it is asked for again; undefined when it is not known. */
  ask(hash: number): Kind | undefined {
    const value = this.#keys.get(hash);
    if (value === absent || !this.#isIn(value)) return undefined;
    const kind = kindOf(value);
    if (kind === once || generationOf(value) < this.#last[again]) this.add(hash, again);
    return kind;
  }

  /** The hashes of that kind, the oldest first. */
  all(kind: Kind): number[] {
    return [...this.#keys.entries()]
      .filter(([, value]) => kindOf(value) === kind && this.#isIn(value))
      .toSorted(([, one], [, other]) => one - other)
      .map(([hash]) => hash);
  }

  #isIn(value: number): boolean {
    return generationOf(value) >= this.#last[kindOf(value)] - 1;
  }
}

function kindOf(value: number): Kind {
  return (value & 1) as Kind;
}

function generationOf(value: number): number {
  return value >> 1;
}
