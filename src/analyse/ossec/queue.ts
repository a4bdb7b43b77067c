/** First in, first out. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #start = 0;

  get size(): number {
    return this.#items.length - this.#start;
  }

  get oldest(): T | undefined {
    return this.#items[this.#start];
  }

  /** The item with that many newer ones. */
  newest(back: number): T | undefined {
    const index = this.#items.length - 1 - back;
    return index < this.#start ? undefined : this.#items[index];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): void {
    if (this.size === 0) return;
    this.#items[this.#start++] = undefined;
    if (this.#start < 64 || this.#start * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#start);
    this.#start = 0;
  }
}
