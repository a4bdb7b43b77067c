import { type Category, categories, type Event } from "../../core/event.ts";
import type { Rule } from "../rules/tree.ts";
import type { Subject } from "../subjects.ts";
import { KeptTexts } from "./kept-texts.ts";

/** What searches ask of remembered events besides when they came. */
export interface Asked {
  /** Whether a pattern looks at their messages. */
  readonly log: boolean;
  /** What must differ from event to event. */
  readonly different: readonly Subject[];
}

/**
 * What is remembered of events, by their numbers: counted from the first one, and the oldest goes first. In columns, not as
 * events: thousands of objects that live just long enough to be moved twice were a fifth of the price of judging a line.
 */
export class Past {
  readonly #asked: Asked;
  readonly #last: number;
  #oldest = 0;
  #next = 0;
  /** In seconds. */
  readonly #times: Float64Array;
  /** The numbers of the rules they ended at. */
  readonly #rules: Int32Array;
  /** Their places among all categories. */
  readonly #categories: Int8Array;
  readonly #fullLogs: KeptTexts;
  readonly #logs: KeptTexts | undefined;
  readonly #different: (string | undefined)[][];

  /** Has room for `most` events. */
  constructor(most: number, asked: Asked) {
    const room = 2 ** Math.ceil(Math.log2(Math.max(most, 1)));
    this.#asked = asked;
    this.#last = room - 1;
    this.#times = new Float64Array(room);
    this.#rules = new Int32Array(room);
    this.#categories = new Int8Array(room);
    this.#fullLogs = new KeptTexts(room);
    this.#logs = asked.log ? new KeptTexts(room) : undefined;
    this.#different = asked.different.map(() => new Array(room).fill(undefined));
  }

  get size(): number {
    return this.#next - this.#oldest;
  }

  /** The number of the oldest event. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Returns its number. `at` in seconds. */
  push(event: Event, { number: rule }: Rule, at: number): number {
    const number = this.#next++;
    const place = number & this.#last;
    this.#times[place] = at;
    this.#rules[place] = rule;
    this.#categories[place] = categories.indexOf(event.category);
    this.#fullLogs.set(place, event.fullLog);
    this.#logs?.set(place, event.log);
    for (let of = 0; of < this.#different.length; of++) {
      const column = this.#different[of];
      if (column) column[place] = this.#asked.different[of]?.(event);
    }
    return number;
  }

  /** Forgets the oldest. */
  shift(): void {
    const place = this.#oldest & this.#last;
    this.#fullLogs.drop(place);
    this.#logs?.drop(place);
    this.#oldest += 1;
  }

  clear(): void {
    while (this.size > 0) this.shift();
  }

  at(number: number): number {
    return this.#times[number & this.#last] ?? 0;
  }

  /** The number of the rule it ended at. */
  rule(number: number): number {
    return this.#rules[number & this.#last] ?? 0;
  }

  category(number: number): Category | undefined {
    return categories[this.#categories[number & this.#last] ?? 0];
  }

  fullLog(number: number): string {
    return this.#fullLogs.at(number & this.#last);
  }

  log(number: number): string {
    return this.#logs?.at(number & this.#last) ?? "";
  }

  /** Whether the event has another value than the one of that number, which has one, for what must differ. */
  differs(number: number, of: number, value: string | undefined): boolean {
    const before = this.#different[of]?.[number & this.#last];
    return before !== undefined && value !== undefined && before !== value;
  }
}
