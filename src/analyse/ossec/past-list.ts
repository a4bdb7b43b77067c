import type { Event } from "../../core/event.ts";
import { absent, HashMap } from "../hash-map.ts";
import { type Common, nothing } from "./alike.ts";

/** The events of a list that have something in common. */
export interface Index {
  readonly name: string;
  readonly key: Common["key"];
  /** The place of the newest event of each key: what lies before the list's first place is gone. */
  readonly newest: HashMap;
  /** For the place of an event that of the one of its key before it. */
  before: Float64Array<ArrayBufferLike>;
}

/** What has no place. */
export const nowhere = absent;

/**
 * Numbers of events in the order they came; those that are dropped leave at the front. Each has a place, counted from the
 * first one.
 */
export class PastList {
  #numbers: Index["before"] = new Float64Array(16);
  #first = 0;
  #end = 0;
  /** By level: the number of the newest event that a rule of that level or a higher one counted. */
  readonly #stops: number[] = [];
  readonly #indexes: Index[] = [];

  get size(): number {
    return this.#end - this.#first;
  }

  /** The number of the oldest event; `nowhere` when there is none. */
  get oldest(): number {
    return this.size > 0 ? this.numberAt(this.#first) : nowhere;
  }

  /** Keeps the events apart by `key` too, for `newestLike`. */
  index({ name, key }: Common): Index {
    const known = this.#indexes.find((index) => index.name === name);
    if (known) return known;
    const before = new Float64Array(this.#numbers.length);
    const index = { name, key, newest: new HashMap((place) => place >= this.#first), before };
    this.#indexes.push(index);
    return index;
  }

  push(number: number, event: Event): void {
    if (this.size === this.#numbers.length) this.#makeRoom();
    const place = this.#end++;
    this.#numbers[place & (this.#numbers.length - 1)] = number;
    for (const index of this.#indexes) this.#add(index, place, event);
  }

  /** Drops the oldest. */
  shift(): void {
    if (this.#first < this.#end) this.#first += 1;
  }

  clear(): void {
    this.#first = this.#end;
    this.#stops.length = 0;
    for (const { newest } of this.#indexes) newest.clear();
  }

  /** Searches of rules up to that level end at the event of that number. */
  stopAt(number: number, level: number): void {
    for (let one = 1; one <= level; one++) {
      this.#stops[one] = Math.max(this.#stops[one] ?? -1, number);
    }
  }

  /** The number of the event at which a search of a rule of that level ends; -1 for none. */
  stop(level: number): number {
    return this.#stops[level] ?? -1;
  }

  /** The place of the event with that many newer ones; `nowhere` when there is none. */
  newest(back: number): number {
    return back < this.size ? this.#end - 1 - back : nowhere;
  }

  /** The place of the newest event that has in common with this one what the index is of. */
  newestLike(index: Index | undefined, event: Event): number {
    if (!index) return this.newest(0);
    const value = index.key(event);
    return this.#present(value === nothing ? nowhere : index.newest.get(value));
  }

  /** The place of the next older event of the same key, or of any without an index. */
  before(index: Index | undefined, place: number): number {
    if (!index) return this.#present(place - 1);
    return this.#present(index.before[place & (this.#numbers.length - 1)] ?? nowhere);
  }

  /** The number of the event at that place. */
  numberAt(place: number): number {
    return this.#numbers[place & (this.#numbers.length - 1)] ?? nowhere;
  }

  #present(place: number): number {
    return place < this.#first ? nowhere : place;
  }

  #add({ key, newest, before }: Index, place: number, event: Event): void {
    const value = key(event);
    if (value === nothing) return;
    before[place & (before.length - 1)] = newest.set(value, place);
  }

  #makeRoom(): void {
    const grown = (old: Index["before"]) => {
      const made = new Float64Array(2 * old.length);
      for (let place = this.#first; place < this.#end; place++) {
        made[place & (made.length - 1)] = old[place & (old.length - 1)] ?? 0;
      }
      return made;
    };
    this.#numbers = grown(this.#numbers);
    for (const index of this.#indexes) index.before = grown(index.before);
  }
}
