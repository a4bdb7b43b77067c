/** What no value is: none is negative. A number, for what may be no number is made anew each time it is returned. */
export const absent = -1;

const smallest = 64;

/**
 * Numbers by the hashes of texts (`Hashing`), which are never 0. Unlike a `Map` it keeps no text, which would keep the whole
 * line it was cut from, and never looks at one: where tens of thousands are remembered, each look is a wait for memory.
 */
export class HashMap {
  /** Hashes, each with its value behind it; 0 where nothing is. At most half is used, and a place that is taken leads to the next. */
  #cells = new Float64Array(2 * smallest);
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

  /** The value of that hash, or `absent`. */
  get(hash: number): number {
    const cell = this.#cell(hash);
    return this.#cells[cell] === 0 ? absent : (this.#cells[cell + 1] ?? absent);
  }

  /** Returns the value before, or `absent`. */
  set(hash: number, value: number): number {
    const cells = this.#cells;
    const cell = this.#cell(hash);
    const before = cells[cell] === 0 ? absent : (cells[cell + 1] ?? absent);
    cells[cell] = hash;
    cells[cell + 1] = value;
    if (before !== absent) return before;
    this.#size += 1;
    if (this.#size * 4 > cells.length) this.#makeRoom();
    return absent;
  }

  /** All hashes and their values, in no order. */
  *entries(): Iterable<readonly [hash: number, value: number]> {
    const cells = this.#cells;
    for (let cell = 0; cell < cells.length; cell += 2) {
      const hash = cells[cell] ?? 0;
      if (hash !== 0) yield [hash, cells[cell + 1] ?? 0];
    }
  }

  clear(): void {
    this.#cells = new Float64Array(2 * smallest);
    this.#size = 0;
  }

  #makeRoom(): void {
    const before = this.#cells;
    const left = this.#sift(before);
    const room = Math.max(smallest, 2 ** Math.ceil(Math.log2(4 * left)));
    this.#cells = new Float64Array(2 * room);
    this.#size = left;
    for (let cell = 0; cell < before.length; cell += 2) {
      const hash = before[cell] ?? 0;
      if (hash !== 0) this.#put(hash, before[cell + 1] ?? 0);
    }
  }

  /** Takes out what need not stay, and returns how many are left. */
  #sift(cells: Float64Array): number {
    let left = 0;
    for (let cell = 0; cell < cells.length; cell += 2) {
      if (cells[cell] === 0) continue;
      if (this.#stays(cells[cell + 1] ?? 0)) left += 1;
      else cells[cell] = 0;
    }
    return left;
  }

  #put(hash: number, value: number): void {
    const cell = this.#cell(hash);
    this.#cells[cell] = hash;
    this.#cells[cell + 1] = value;
  }

  /** Where the hash is, or would be. */
  #cell(hash: number): number {
    const cells = this.#cells;
    const last = cells.length - 2;
    for (let cell = (2 * hash) & last; ; cell = (cell + 2) & last) {
      const found = cells[cell];
      if (found === 0 || found === hash) return cell;
    }
  }
}
