import type { Event } from "../../core/event.ts";
import type { Rule } from "../rules/tree.ts";

/** An event that OSSEC remembers. */
export interface Past {
  readonly event: Event;
  readonly rule: Rule;
  /** When it came, in seconds. */
  readonly at: number;
  /** The level of the frequency rule that counted it; searches of rules up to that level stop here. 0 for none. */
  matched: number;
}

/** Events in the order they came, the oldest first; those that are dropped leave at the front. */
export class Pasts {
  #items: (Past | undefined)[] = [];
  #start = 0;

  get size(): number {
    return this.#items.length - this.#start;
  }

  /** The event with that many newer ones. */
  newest(back: number): Past | undefined {
    const index = this.#items.length - 1 - back;
    return index < this.#start ? undefined : this.#items[index];
  }

  get oldest(): Past | undefined {
    return this.#items[this.#start];
  }

  push(past: Past): void {
    this.#items.push(past);
  }

  shift(): void {
    if (this.size === 0) return;
    this.#items[this.#start++] = undefined;
    if (this.#start < 1024 || this.#start * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#start);
    this.#start = 0;
  }

  /** Takes out that event; it is the oldest as a rule. */
  remove(past: Past): void {
    if (this.oldest === past) {
      this.shift();
      return;
    }
    this.#items = this.#items.slice(this.#start).filter((one) => one !== past);
    this.#start = 0;
  }
}
