const smallest = 64;

/**
 * Numbers by the hashes of texts (`Hashing`), which are never 0. Unlike a `Map` it keeps no text, which would keep the whole
 * line it was cut from, and never looks at one: where tens of thousands are remembered, each look is a wait for memory.
 */
export class HashMap {
  /** 0 where nothing is. At most half is used, and a place that is taken leads to the next. */
  #hashes = new Float64Array(smallest);
  /** At the same places. */
  #values = new Float64Array(smallest);
  #size = 0;
  readonly #stays: (value: number) => boolean;

  /** Values that need not stay are dropped, all at once, when there is no room: to look after each is dearer. */
  constructor(stays: (value: number) => boolean = () => true) {
    this.#stays = stays;
  }

  /** With those that need not stay, but are still there. */
  get size(): number {
    return this.#size;
  }

  has(hash: number): boolean {
    return this.#hashes[this.#place(hash)] !== 0;
  }

  get(hash: number): number | undefined {
    const place = this.#place(hash);
    return this.#hashes[place] === 0 ? undefined : this.#values[place];
  }

  set(hash: number, value: number): void {
    const place = this.#place(hash);
    this.#values[place] = value;
    if (this.#hashes[place] !== 0) return;
    this.#hashes[place] = hash;
    this.#size += 1;
    if (this.#size * 2 > this.#hashes.length) this.#makeRoom();
  }

  /** All hashes and their values, in no order. */
  *entries(): Iterable<readonly [hash: number, value: number]> {
    for (const [at, hash] of this.#hashes.entries()) {
      if (hash !== 0) yield [hash, this.#values[at] ?? 0];
    }
  }

  clear(): void {
    this.#hashes = new Float64Array(smallest);
    this.#values = new Float64Array(smallest);
    this.#size = 0;
  }

  #makeRoom(): void {
    const hashes = this.#hashes;
    const values = this.#values;
    let left = 0;
    for (let at = 0; at < hashes.length; at++) {
      if (hashes[at] === 0) continue;
      if (this.#stays(values[at] ?? 0)) left += 1;
      else hashes[at] = 0;
    }
    const room = Math.max(smallest, 2 ** Math.ceil(Math.log2(4 * left)));
    this.#hashes = new Float64Array(room);
    this.#values = new Float64Array(room);
    this.#size = left;
    for (let at = 0; at < hashes.length; at++) this.#put(hashes[at] ?? 0, values[at] ?? 0);
  }

  #put(hash: number, value: number): void {
    if (hash === 0) return;
    const place = this.#place(hash);
    this.#hashes[place] = hash;
    this.#values[place] = value;
  }

  /** Where the hash is, or would be. */
  #place(hash: number): number {
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    for (let place = hash & last; ; place = (place + 1) & last) {
      const found = hashes[place];
      if (found === 0 || found === hash) return place;
    }
  }
}
