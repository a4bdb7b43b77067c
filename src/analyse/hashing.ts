import { randomInt } from "node:crypto";

/** A text that need not be made to be looked for. */
export interface TextOf<Thing> {
  read(thing: Thing): string;
  /** The hash of what `read` would read, or of its first `most` characters. */
  hash(thing: Thing, by: Hashing, most?: number): number;
}

/** What makes the hashes of one place others than those of the next: four numbers of 32 bits. */
type Seeds = readonly [number, number, number, number];

/** No text has so many characters. */
const unbounded = 2 ** 30;

function newSeeds(): Seeds {
  const any = () => randomInt(2 ** 32) | 0;
  return [any(), any(), any(), any()];
}

/**
 * Makes hashes of texts, of 53 bits and never 0, by which texts are known instead of being kept: nobody who does not know the
 * seeds can choose texts that share one, and two of a hundred thousand do by chance once in a million servers. A text may
 * come in parts, between `begin` and `value`; it is one object for all texts.
 */
export class Hashing {
  readonly seeds: Seeds;
  /** Odd, so that no bit of what was read gets lost. */
  readonly #lowFactor: number;
  readonly #highFactor: number;
  #low = 0;
  #high = 0;
  #most = unbounded;
  #length = 0;

  constructor(seeds: Seeds = newSeeds()) {
    this.seeds = seeds;
    this.#lowFactor = seeds[2] | 1;
    this.#highFactor = seeds[3] | 1;
  }

  /** The hash of a text in one piece. */
  of(text: string): number {
    return this.begin().add(text).value;
  }

  /** What comes behind the first `most` characters does not count. */
  begin(most = unbounded): this {
    this.#most = most;
    this.#low = this.seeds[0];
    this.#high = this.seeds[1];
    this.#length = 0;
    return this;
  }

  add(text: string): this {
    const lowFactor = this.#lowFactor;
    const highFactor = this.#highFactor;
    let low = this.#low;
    let high = this.#high;
    const end = Math.min(text.length, this.#most - this.#length);
    for (let at = 0; at < end; at++) {
      const code = text.charCodeAt(at);
      low = Math.imul(low ^ code, lowFactor);
      low ^= low >>> 15;
      high = Math.imul(high ^ code, highFactor);
      high ^= high >>> 15;
    }
    this.#low = low;
    this.#high = high;
    this.#length += end;
    return this;
  }

  /** How many characters count. */
  get length(): number {
    return this.#length;
  }

  get value(): number {
    return (this.#high >>> 11) * 2 ** 32 + (this.#low >>> 0) || 1;
  }
}
