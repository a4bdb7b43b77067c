import type { Batch, Source } from "../../core/source.ts";

/** Several sources read as one; which they are may change at any time. */
export interface Merged {
  /** Begins to read a source until `signal` aborts. A fault in it is thrown by `next`. */
  add(source: Source, signal: AbortSignal): void;
  /** The next batch of any of them; undefined after `ms` without one, or when the bell was rung. */
  next(ms: number): Promise<Batch | undefined>;
  /** Lets `next` return. */
  ring(): void;
  /** Waits until all that were added have ended: abort them first. What they had ready is read again by a next run. */
  ended(): Promise<void>;
}

export function mergeSources(): Merged {
  const ready: { batch: Batch; taken: () => void }[] = [];
  const running = new Set<Promise<void>>();
  const bell = openBell();
  let handedOut = () => {};
  let fault: { thrown: unknown } | undefined;

  const read = async (source: Source, signal: AbortSignal) => {
    try {
      for await (const batch of source.batches(signal)) {
        if (signal.aborted) return;
        // The next one is read when this one is dealt with: nothing piles up.
        await new Promise<void>((taken) => {
          ready.push({ batch, taken });
          bell.ring();
        });
      }
    } catch (thrown) {
      fault = { thrown };
      bell.ring();
    }
  };

  return {
    add(source, signal) {
      const run = read(source, signal).finally(() => running.delete(run));
      running.add(run);
    },
    async next(ms) {
      handedOut();
      if (ready.length === 0 && !fault) await bell.rung(ms);
      if (fault) throw fault.thrown;
      const { batch, taken } = ready.shift() ?? {};
      handedOut = taken ?? (() => {});
      return batch;
    },
    ring: bell.ring,
    async ended() {
      handedOut();
      for (const { taken } of ready.splice(0)) taken();
      await Promise.all(running);
    },
  };
}

function openBell() {
  let ring = () => {};
  return {
    ring: () => ring(),
    rung: (ms: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
