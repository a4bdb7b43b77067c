import type { Event } from "../../core/event.ts";
import type { Rule } from "../rules/tree.ts";
import { Queue } from "./queue.ts";

/** An event that OSSEC remembers. */
export class Past {
  readonly event: Event;
  readonly rule: Rule;
  /** When it came, in seconds. */
  readonly at: number;
  /** The level of the frequency rule that counted it; searches of rules up to that level stop here. 0 for none. */
  #matched = 0;
  /** Where it stands in the lists. */
  readonly #entries: Entry[] = [];

  constructor(event: Event, rule: Rule, at: number, matched: number) {
    this.event = event;
    this.rule = rule;
    this.at = at;
    this.#matched = matched;
  }

  addTo(list: Pasts): void {
    const entry = list.push(this);
    this.#entries.push(entry);
    if (this.#matched > 0) list.stopAt(entry.number, this.#matched);
  }

  /** A rule of that level counted it. */
  mark(level: number): void {
    this.#matched = level;
    for (const { list, number } of this.#entries) list.stopAt(number, level);
  }
}

/** What events of a list are kept apart by; undefined for one that lacks it. */
type Key = (event: Event) => string | undefined;

interface Entry {
  readonly past: Past;
  readonly list: Pasts;
  /** Counted from the first event the list ever had. */
  readonly number: number;
}

/** Events in the order they came; those that are dropped leave at the front. */
export class Pasts {
  #items = new Queue<Entry>();
  /** By level: the number of the newest event that a rule of that level or a higher one counted. */
  readonly #stops: number[] = [];
  readonly #indexes = new Map<string, Index>();
  #number = 0;

  get size(): number {
    return this.#items.size;
  }

  get oldest(): Past | undefined {
    return this.#items.oldest?.past;
  }

  get newest(): Past | undefined {
    return this.#items.newest(0)?.past;
  }

  /** Keeps the events apart by `key` too, for `walk`. */
  index(name: string, key: Key): void {
    this.#indexes.set(name, { key, items: new Map() });
  }

  push(past: Past): Entry {
    const entry = { past, list: this, number: this.#number++ };
    this.#items.push(entry);
    for (const index of this.#indexes.values()) add(index, entry);
    return entry;
  }

  clear(): void {
    this.#items = new Queue();
    this.#stops.length = 0;
    for (const { items } of this.#indexes.values()) items.clear();
  }

  shift(): void {
    const entry = this.#items.oldest;
    if (!entry) return;
    this.#items.shift();
    for (const index of this.#indexes.values()) drop(index, entry);
  }

  stopAt(number: number, level: number): void {
    for (let one = 1; one <= level; one++) {
      this.#stops[one] = Math.max(this.#stops[one] ?? -1, number);
    }
  }

  /**
   * Calls `take` with events from the newest back: with all of them, or with those that have in common with this one what
   * the index of that name is of. It ends when `take` returns false, or at an event that a rule of that level or a higher
   * one counted.
   */
  walk(name: string | undefined, event: Event, level: number, take: (past: Past) => boolean): void {
    const stop = this.#stops[level] ?? -1;
    const items = name === undefined ? this.#items : this.#itemsLike(name, event);
    for (let back = 0; items; back++) {
      const entry = items.newest(back);
      if (!entry || entry.number <= stop || !take(entry.past)) return;
    }
  }

  #itemsLike(name: string, event: Event): Queue<Entry> | undefined {
    const index = this.#indexes.get(name);
    const key = index?.key(event);
    return key === undefined ? undefined : index?.items.get(key);
  }
}

interface Index {
  readonly key: Key;
  readonly items: Map<string, Queue<Entry>>;
}

function add({ key, items }: Index, entry: Entry): void {
  const value = key(entry.past.event);
  if (value === undefined) return;
  const known = items.get(value) ?? new Queue<Entry>();
  known.push(entry);
  items.set(value, known);
}

/** The oldest event of the list is the oldest of its key. */
function drop({ key, items }: Index, { past }: Entry): void {
  const value = key(past.event);
  if (value === undefined) return;
  const known = items.get(value);
  known?.shift();
  if (known?.size === 0) items.delete(value);
}
