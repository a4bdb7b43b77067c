import { setImmediate as others } from "node:timers/promises";

/** Work on very many things that stops for a moment at each `yield`. */
export type Sliced<Result> = Generator<void, Result>;

/** So many things take a few milliseconds. */
const sliceLength = 4000;

/** Does `work` with each of the items, and stops now and then. */
export function* each<Item>(items: Iterable<Item>, work: (item: Item) => void): Sliced<void> {
  let done = 0;
  for (const item of items) {
    work(item);
    done += 1;
    if (done % sliceLength === 0) yield;
  }
}

/** Does the work and lets others have their turn at each stop: a block must not wait until a hundred thousand are compared. */
export async function inSlices<Result>(work: Sliced<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await others();
  }
}

/** Does the work without a stop. */
export function inOneGo<Result>(work: Sliced<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
