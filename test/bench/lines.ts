import { closeSync, openSync, readSync } from "node:fs";
import { cutLines } from "../../src/collect/logs/lines.ts";

/** As much as the daemon reads at once. */
const chunk = 65_536;

/** The lines of a log, some hundred at a time, as the daemon gets them: the log as a whole is never in memory. */
export function* linesOf(file: string): Generator<string[]> {
  const descriptor = openSync(file, "r");
  const buffer = Buffer.allocUnsafe(chunk);
  const cutter = cutLines();
  try {
    for (let size = readSync(descriptor, buffer); size > 0; size = readSync(descriptor, buffer)) {
      yield cutter.push(buffer.subarray(0, size));
    }
  } finally {
    closeSync(descriptor);
  }
}
