import { randomInt } from "node:crypto";

/** A text that need not be made to be looked for. */
export interface TextOf<Thing> {
  read(thing: Thing): string;
  /** The `hashOf` of what `read` would read. */
  hash(thing: Thing): number;
}

/**
 * The hash by which a `TextSet` knows a text: 53 bits, others each time a process starts, so that nobody can choose texts that
 * share one, and two of a hundred thousand do by chance once in a million servers.
 */
export function hashOf(text: string): number {
  return hashing.begin().add(text).value;
}

const seeds = [randomInt(2 ** 32) | 0, randomInt(2 ** 32) | 0] as const;
/** Odd, so that no bit of what was read gets lost. */
const factors = [randomInt(2 ** 32) | 1, randomInt(2 ** 32) | 1] as const;

/** Makes the hash of a text that comes in parts. */
class Hashing {
  #low = 0;
  #high = 0;

  begin(): this {
    [this.#low, this.#high] = seeds;
    return this;
  }

  add(text: string): this {
    const [lowFactor, highFactor] = factors;
    let low = this.#low;
    let high = this.#high;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      low = Math.imul(low ^ code, lowFactor);
      low ^= low >>> 15;
      high = Math.imul(high ^ code, highFactor);
      high ^= high >>> 15;
    }
    this.#low = low;
    this.#high = high;
    return this;
  }

  /** Never 0. */
  get value(): number {
    return (this.#high >>> 11) * 2 ** 32 + (this.#low >>> 0) || 1;
  }
}

/** One for all: it is used up at once. */
export const hashing = new Hashing();

/**
 * Texts that are known by their `hashOf` alone. Unlike a `Set` it never looks at a text: where tens of thousands are
 * remembered, each look at one of them is a wait for memory.
 */
export class TextSet {
  /** 0 where nothing is. At most half is used, and a place that is taken leads to the next. */
  #hashes = new Float64Array(64);
  /** At the same places the numbers of the texts. */
  #numbers = new Int32Array(64);
  /** In the order in which they were added. */
  readonly #texts: string[] = [];

  get size(): number {
    return this.#texts.length;
  }

  has(hash: number): boolean {
    return this.#hashes[this.#place(hash)] !== 0;
  }

  /** The text of that hash. */
  text(hash: number): string | undefined {
    const place = this.#place(hash);
    return this.#hashes[place] === 0 ? undefined : this.#texts[this.#numbers[place] ?? 0];
  }

  add(text: string, hash: number): void {
    const place = this.#place(hash);
    if (this.#hashes[place] !== 0) return;
    this.#hashes[place] = hash;
    this.#numbers[place] = this.#texts.push(text) - 1;
    if (this.#texts.length * 2 > this.#hashes.length) this.#grow();
  }

  all(): readonly string[] {
    return this.#texts;
  }

  /** Where the text is, or would be. */
  #place(hash: number): number {
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    for (let place = hash & last; ; place = (place + 1) & last) {
      const found = hashes[place];
      if (found === 0 || found === hash) return place;
    }
  }

  #grow(): void {
    const hashes = this.#hashes;
    const numbers = this.#numbers;
    this.#hashes = new Float64Array(2 * hashes.length);
    this.#numbers = new Int32Array(2 * hashes.length);
    for (const [from, hash] of hashes.entries()) {
      if (hash === 0) continue;
      const place = this.#place(hash);
      this.#hashes[place] = hash;
      this.#numbers[place] = numbers[from] ?? 0;
    }
  }
}
