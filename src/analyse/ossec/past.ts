import type { Event } from "../../core/event.ts";
import type { Rule } from "../rules/tree.ts";
import { Queue } from "./queue.ts";

/** An event that OSSEC remembers. */
export class Past {
  readonly event: Event;
  readonly rule: Rule;
  /** When it came, in seconds. */
  readonly at: number;
  /** Counted from the first event that was remembered. */
  readonly number: number;

  constructor(event: Event, rule: Rule, at: number, number: number) {
    this.event = event;
    this.rule = rule;
    this.at = at;
    this.number = number;
  }
}

/** What events of a list are kept apart by; undefined for one that lacks it. */
type Key = (event: Event) => string | undefined;

/** One event, or several in the order they came: most sources come once. */
export type Alike = Past | Queue<Past>;

/** The events of a list that have something in common. */
export interface Index {
  readonly name: string;
  readonly key: Key;
  readonly items: Map<string, Alike>;
}

/** Events in the order they came; those that are dropped leave at the front. */
export class Pasts {
  #items = new Queue<Past>();
  /** By level: the number of the newest event that a rule of that level or a higher one counted. */
  readonly #stops: number[] = [];
  readonly #indexes: Index[] = [];

  get size(): number {
    return this.#items.size;
  }

  get oldest(): Past | undefined {
    return this.#items.oldest;
  }

  get newest(): Past | undefined {
    return this.#items.newest(0);
  }

  /** Keeps the events apart by `key` too, for `like`. */
  index(name: string, key: Key): Index {
    const known = this.#indexes.find((index) => index.name === name);
    if (known) return known;
    const index = { name, key, items: new Map() };
    this.#indexes.push(index);
    return index;
  }

  push(past: Past): void {
    this.#items.push(past);
    for (const index of this.#indexes) add(index, past);
  }

  clear(): void {
    this.#items = new Queue();
    this.#stops.length = 0;
    for (const { items } of this.#indexes) items.clear();
  }

  shift(): void {
    const past = this.#items.oldest;
    if (!past) return;
    this.#items.shift();
    for (const index of this.#indexes) drop(index, past);
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

  /** All events, or those that have in common with this one what the index is of; undefined when there is none. */
  like(index: Index | undefined, event: Event): Alike | undefined {
    if (!index) return this.#items;
    const value = index.key(event);
    return value === undefined ? undefined : index.items.get(value);
  }
}

export function sizeOf(alike: Alike): number {
  return alike instanceof Queue ? alike.size : 1;
}

/** The event with that many newer ones. */
export function newestOf(alike: Alike, back: number): Past | undefined {
  if (alike instanceof Queue) return alike.newest(back);
  return back === 0 ? alike : undefined;
}

function add({ key, items }: Index, past: Past): void {
  const value = key(past.event);
  if (value === undefined) return;
  const known = items.get(value);
  if (known instanceof Queue) known.push(past);
  else items.set(value, known ? queueOf(known, past) : past);
}

function queueOf(first: Past, second: Past): Queue<Past> {
  const queue = new Queue<Past>();
  queue.push(first);
  queue.push(second);
  return queue;
}

/** The oldest event of the list is the oldest of its key. */
function drop({ key, items }: Index, past: Past): void {
  const value = key(past.event);
  if (value === undefined) return;
  const known = items.get(value);
  if (known instanceof Queue) known.shift();
  if (known instanceof Past || known?.size === 0) items.delete(value);
}
