import type { Line } from "./event.ts";

/** Lines that were read together. `done` says that all of them are dealt with, so that they are not read again. */
export interface Batch {
  readonly lines: readonly Line[];
  done(): void;
}

export interface SourceHealth {
  readonly name: string;
  readonly state: "waiting" | "following" | "failed";
  readonly lines: number;
  /** Lines that were longer than the cap and lost their end. */
  readonly cut: number;
  /** Lines that are no events in a log of this format. */
  readonly skipped?: number;
  /** When the last line was read, in milliseconds since 1970. */
  readonly lastAt: number | undefined;
  /** What the admin should know: why it waits or what went wrong. */
  readonly problem: string | undefined;
}

/** Where lines come from. It knows places, never meanings. */
export interface Source {
  readonly name: string;
  /**
   * Yields what is there and goes on until `signal` aborts, then ends without throwing. The next batch is read only
   * when it is asked for, so a slow reader slows the source and nothing piles up. Survives every fault of its file.
   */
  batches(signal: AbortSignal): AsyncIterable<Batch>;
  health(): SourceHealth;
}
