import { closeSync, constants, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";

/** No path is longer, and no line of a package database or of its logs that anything is read from. */
const longestLine = 16_384;

/**
 * Reads a file line by line, one character a byte, and never holds more than a piece of it. Lines that are too long are left
 * out. Throws as open(2) and read(2) fail.
 */
export async function eachLine(
  path: string,
  onLine: (line: string) => void,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<void> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const lines = splitter(onLine);
    const piece = Buffer.allocUnsafe(65_536);
    for (let total = 0; total < maxBytes; ) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) break;
      total += bytesRead;
      lines.add(piece.toString("latin1", 0, bytesRead));
    }
    lines.end();
  } finally {
    await file.close();
  }
}

/**
 * The same at one stroke, for many small files: waiting for each open and read would cost four times as much. Whoever
 * reads thousands lets others have their turn in between.
 */
export function eachLineNow(path: string, onLine: (line: string) => void, piece: Buffer): void {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const lines = splitter(onLine);
    for (let count = readSync(file, piece); count > 0; count = readSync(file, piece)) {
      lines.add(piece.toString("latin1", 0, count));
    }
    lines.end();
  } finally {
    closeSync(file);
  }
}

/** Cuts text that comes in pieces into lines. */
export function splitter(onLine: (line: string) => void) {
  let rest = "";
  let skipping = false;
  const give = (line: string) => {
    if (!skipping && line.length <= longestLine) onLine(line);
    skipping = false;
  };
  return {
    add(piece: string): void {
      let begin = 0;
      for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", begin)) {
        give(rest + piece.slice(begin, end));
        rest = "";
        begin = end + 1;
      }
      rest += piece.slice(begin);
      if (rest.length <= longestLine) return;
      skipping = true;
      rest = "";
    },
    end(): void {
      if (rest !== "") give(rest);
      rest = "";
    },
  };
}
