import { setTimeout as sleep } from "node:timers/promises";

/** What was asked for and has no answer yet. */
export interface Outstanding {
  add(answer: Promise<unknown>): void;
  /** Resolves when all that was asked so far has its answer, or after so long. Never rejects. */
  answered(mostMilliseconds: number): Promise<void>;
}

export function openOutstanding(): Outstanding {
  const waiting = new Set<Promise<unknown>>();
  return {
    add(answer) {
      waiting.add(answer);
      const remove = () => waiting.delete(answer);
      answer.then(remove, remove);
    },
    async answered(mostMilliseconds) {
      if (waiting.size === 0) return;
      const patience = new AbortController();
      const { signal } = patience;
      const over = sleep(mostMilliseconds, undefined, { signal, ref: false }).catch(() => {});
      await Promise.race([Promise.allSettled(waiting), over]);
      patience.abort();
    },
  };
}
