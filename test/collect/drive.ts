import type { Line } from "../../src/core/event.ts";
import type { Batch, Source } from "../../src/core/source.ts";
import { until } from "./processes.ts";

/** Runs a source and keeps its lines. `handle` is done with a batch when it resolves; by default at once. */
export function drive(source: Source, handle: (batch: Batch) => void | Promise<void> = () => {}) {
  const lines: Line[] = [];
  const stop = new AbortController();
  const run = async () => {
    for await (const batch of source.batches(stop.signal)) {
      lines.push(...batch.lines);
      await handle(batch);
      batch.done();
    }
  };
  const ended = run();
  return {
    lines,
    texts: () => lines.map(({ text }) => text),
    until: (count: number) => until(() => lines.length >= count, `${count} lines`, 10),
    async stop() {
      stop.abort();
      await ended;
    },
  };
}
