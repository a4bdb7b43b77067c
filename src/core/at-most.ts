/** Runs tasks, no more than `count` at once, in the order they come. */
export function atMost(count: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    waiting: () => waiting.length,
    async run<T>(task: () => Promise<T>): Promise<T> {
      if (running >= count) await new Promise<void>((begin) => waiting.push(begin));
      else running += 1;
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        // The place goes from hand to hand.
        if (next) next();
        else running -= 1;
      }
    },
  };
}
