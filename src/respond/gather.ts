/** One thing at a time, and what is asked for meanwhile gathered into one next call. */
export interface Gathering<Item> {
  /** Resolves or rejects as the call of `work` does that took the item. */
  ask(item: Item): Promise<void>;
  /** Does something else between two calls of `work`. */
  inTurn<Result>(task: () => Promise<Result>): Promise<Result>;
}

/**
 * `work` gets all items of the moment, never runs twice at once, and begins without delay when it is idle. A burst of
 * thousands of blocks costs a handful of programs and file writes, a single block exactly one.
 */
export function gather<Item>(work: (items: readonly Item[]) => Promise<void>): Gathering<Item> {
  let waiting: Item[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <Result>(task: () => Promise<Result>) => {
    const turn = last.then(task);
    // Whoever asked hears of a failure; the next in turn does not care.
    last = turn.catch(() => undefined);
    return turn;
  };
  const workOff = () => {
    const items = waiting;
    waiting = [];
    next = undefined;
    return work(items);
  };
  return {
    inTurn,
    ask(item) {
      waiting.push(item);
      next ??= inTurn(workOff);
      return next;
    },
  };
}
