import { setImmediate as turn } from "node:timers/promises";
import type { LocalFile } from "../config/local-file.ts";
import type { Line } from "../core/event.ts";
import type { Log } from "../core/log.ts";
import type { Source, SourceHealth } from "../core/source.ts";

/** The sources that are read now. */
export interface Intake {
  /** Reads these from now on; sources that were read before are ended first, each at a line's end. */
  read(localFiles: readonly LocalFile[]): Promise<void>;
  health(): IntakeHealth[];
  /** Ends all of them. Resolves when the last line that was read is dealt with. */
  stop(): Promise<void>;
}

/** What a source says of itself, and how many of its lines no decoder knew. */
export interface IntakeHealth extends SourceHealth {
  readonly unparsed: number;
}

interface IntakeOptions {
  readonly open: (localFiles: readonly LocalFile[]) => Source[];
  /** Returns whether a decoder knew the line. */
  readonly handle: (line: Line) => boolean;
  /** What must be done before the lines count as read: alerts are on the disk, blocks are made. */
  readonly keep: () => Promise<void>;
  readonly log: Log;
}

/** Drives the sources: every batch is handled, its alerts are kept, its blocks are made, and only then is it said to be done. */
export function openIntake({ open, handle, keep, log }: IntakeOptions): Intake {
  let sources: Source[] = [];
  let running: Promise<unknown> = Promise.resolve();
  let wanted: readonly LocalFile[] = [];
  let stopping = new AbortController();
  let unparsed = new Map<Source, number>();

  const drive = async (source: Source, signal: AbortSignal) => {
    for await (const batch of source.batches(signal)) {
      let unknown = 0;
      for (const line of batch.lines) if (!handle(line)) unknown += 1;
      unparsed.set(source, (unparsed.get(source) ?? 0) + unknown);
      await keep();
      batch.done();
      // A source with a backlog must not keep the others, the sockets and the timers waiting.
      await turn();
    }
  };

  const stop = async () => {
    stopping.abort();
    await running;
    sources = [];
  };

  return {
    async read(localFiles) {
      if (sources.length > 0 && JSON.stringify(localFiles) === JSON.stringify(wanted)) return;
      await stop();
      wanted = localFiles;
      stopping = new AbortController();
      sources = open(localFiles);
      unparsed = new Map();
      const { signal } = stopping;
      running = Promise.all(sources.map((source) => drive(source, signal)));
      // A source survives every fault of its file, so what comes here is our own fault: end, and be started anew.
      running.catch((fault: unknown) => {
        log.error(`reading logs failed: ${fault instanceof Error ? fault.stack : fault}`);
        process.exit(1);
      });
    },
    health: () =>
      sources.map((source) => ({ ...source.health(), unparsed: unparsed.get(source) ?? 0 })),
    stop,
  };
}
