/** Which keys there were within the last while, each with the time it came last. Times never go back. */
export class Window {
  readonly #milliseconds: number;
  /** The latest last. */
  readonly #seen = new Map<string, number>();

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** How many different keys there would be with this one. */
  sizeWith(key: string, now: number): number {
    this.#expire(now);
    return this.#seen.size + (this.#seen.has(key) ? 0 : 1);
  }

  add(key: string, now: number): void {
    this.#seen.delete(key);
    this.#seen.set(key, now);
  }

  isEmpty(now: number): boolean {
    this.#expire(now);
    return this.#seen.size === 0;
  }

  #expire(now: number): void {
    for (const [key, at] of this.#seen) {
      if (now - at < this.#milliseconds) return;
      this.#seen.delete(key);
    }
  }
}
