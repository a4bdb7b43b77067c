/** When the block of a network ends, in milliseconds since 1970. */
export interface End {
  readonly network: string;
  readonly until: number;
}

/** Tells which of many ends comes first: a binary heap. An end that does not count any more is dropped when it is met. */
export class Ends {
  readonly #counts: (end: End) => boolean;
  #heap: End[] = [];

  constructor(counts: (end: End) => boolean) {
    this.#counts = counts;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** The first of those that count. */
  first(): End | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (this.#counts(top)) return top;
      this.#removeTop();
    }
    return undefined;
  }

  add(end: End): void {
    let at = this.#heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#heap[above];
      if (!parent || parent.until <= end.until) break;
      this.#heap[at] = parent;
      at = above;
    }
    this.#heap[at] = end;
  }

  /** Forgets all of before. */
  replace(ends: readonly End[]): void {
    this.#heap = [...ends].sort((a, b) => a.until - b.until);
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    let at = 0;
    for (;;) {
      const below = this.#smallerChild(at);
      const child = this.#heap[below];
      if (!child || child.until >= last.until) break;
      this.#heap[at] = child;
      at = below;
    }
    this.#heap[at] = last;
  }

  #smallerChild(at: number): number {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    const [a, b] = [this.#heap[left], this.#heap[right]];
    return a && b && b.until < a.until ? right : left;
  }
}
