import { randomInt } from "node:crypto";

/**
 * The hash by which a `TextSet` finds a text: another one each time a process starts, so that nobody can choose texts
 * that share one. `before` is the hash of what stands before the text: a text may be hashed in parts.
 */
export function hashOf(text: string, before = seed): number {
  let hash = before;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), factor);
    hash ^= hash >>> 15;
  }
  return hash;
}

const seed = randomInt(2 ** 32) | 0;
/** A text that need not be made to be looked for. */
export interface TextOf<Thing> {
  read(thing: Thing): string;
  /** The `hashOf` of what `read` would read. */
  hash(thing: Thing): number;
  /** Whether that is what `read` would read. */
  is(thing: Thing, text: string): boolean;
}

/** Odd, so that no bit of what was read gets lost. */
const factor = randomInt(2 ** 32) | 1;

/**
 * Texts that are found by their `hashOf`. Unlike a `Set` it looks at the hashes alone until one is equal: where tens of
 * thousands of texts are remembered, each look at one of them is a wait for memory.
 */
export class TextSet {
  /** 0 where nothing is. At most half is used, and a place that is taken leads to the next. */
  #hashes = new Int32Array(64);
  /** At the same places the numbers of the texts. */
  #numbers = new Int32Array(64);
  /** In the order in which they were added. */
  readonly #texts: string[] = [];

  get size(): number {
    return this.#texts.length;
  }

  has(text: string, hash: number): boolean {
    return this.#hashes[this.#place(text, hash)] !== 0;
  }

  /** The first text of that hash. */
  like(hash: number): string | undefined {
    const last = this.#hashes.length - 1;
    for (let place = hash & last; ; place = (place + 1) & last) {
      const found = this.#hashes[place];
      if (found === 0) return undefined;
      if (found === (hash || 1)) return this.#texts[this.#numbers[place] ?? 0];
    }
  }

  add(text: string, hash: number): void {
    const place = this.#place(text, hash);
    if (this.#hashes[place] !== 0) return;
    this.#hashes[place] = hash || 1;
    this.#numbers[place] = this.#texts.push(text) - 1;
    if (this.#texts.length * 2 > this.#hashes.length) this.#grow();
  }

  all(): readonly string[] {
    return this.#texts;
  }

  /** Where the text is, or would be. */
  #place(text: string, hash: number): number {
    const last = this.#hashes.length - 1;
    for (let place = hash & last; ; place = (place + 1) & last) {
      const found = this.#hashes[place];
      if (found === 0) return place;
      if (found === (hash || 1) && this.#texts[this.#numbers[place] ?? 0] === text) return place;
    }
  }

  #grow(): void {
    const hashes = this.#hashes;
    const numbers = this.#numbers;
    const last = 2 * hashes.length - 1;
    this.#hashes = new Int32Array(last + 1);
    this.#numbers = new Int32Array(last + 1);
    for (let from = 0; from < hashes.length; from++) {
      const hash = hashes[from] ?? 0;
      if (hash === 0) continue;
      let place = hash & last;
      while (this.#hashes[place] !== 0) place = (place + 1) & last;
      this.#hashes[place] = hash;
      this.#numbers[place] = numbers[from] ?? 0;
    }
  }
}
