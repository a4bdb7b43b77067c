import * as z from "zod";
import { Notice, Reply } from "../core/block.ts";

/** Hands on each line of a stream. Not by node:readline, which also ends lines at characters that JSON may contain. */
export function replyReader(take: (line: string) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]).toString("utf8");
      parts = [];
      from = end + 1;
      take(line);
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  };
}

const Word = z.union([Reply, Notice]);

/** A line of the responder's; undefined where it cannot be understood. */
export function readWord(text: string): Reply | Notice | undefined {
  try {
    return Word.parse(JSON.parse(text));
  } catch {
    // Not JSON or of another shape: to the caller both are one, an answer that cannot be read.
    return undefined;
  }
}
