import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

const chunk = 1 << 18;

/** The lines of a log, some thousand at a time, as a daemon gets them: the log as a whole is never in memory. */
export function* linesOf(file: string): Generator<string[]> {
  const descriptor = openSync(file, "r");
  const buffer = Buffer.allocUnsafe(chunk);
  const decoder = new StringDecoder("utf8");
  let rest = "";
  try {
    for (let size = readSync(descriptor, buffer); size > 0; size = readSync(descriptor, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, size))).split("\n");
      rest = lines.pop() ?? "";
      yield lines;
    }
    if (rest !== "") yield [rest];
  } finally {
    closeSync(descriptor);
  }
}
