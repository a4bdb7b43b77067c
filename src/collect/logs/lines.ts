import { isAscii } from "node:buffer";

/** A line may have this many characters; the rest of a longer one is dropped and the line counted in `cut`. */
export const maxLineLength = 65_536;

/** Cuts a stream of bytes into lines, however the reads fell. */
export interface LineCutter {
  /**
   * Takes the next bytes and returns the lines that ended in them, decoded as UTF-8 (invalid bytes become U+FFFD),
   * without their line end. Empty lines are left out, because they say nothing, unless `lengths` is given: to it the bytes
   * of each line are added, its end included. Linear in the bytes, never throws.
   */
  push(bytes: Buffer, lengths?: number[]): string[];
  /** Bytes of the last line, which has no newline yet, whether kept or dropped. */
  readonly pending: number;
  /** Lines so far that were too long. */
  readonly cut: number;
}

/** `most` is the number of characters a line may have. */
export function cutLines(most: number = maxLineLength): LineCutter {
  const held = holdBytes(most * maxBytesPerUnit);
  let cut = 0;

  const lineOf = (text: string, isCut: boolean) => {
    const whole = !isCut && text.length <= most;
    if (!whole) cut += 1;
    return trimmed(whole ? text : text.slice(0, most));
  };

  return {
    push(bytes, lengths) {
      const lines: string[] = [];
      const add = (text: string, isCut: boolean, length: number) => {
        const line = lineOf(text, isCut);
        if (line !== "" || lengths) lines.push(line);
        lengths?.push(length);
      };
      const end = bytes.lastIndexOf(newline) + 1;
      let start = 0;
      if (end > 0 && held.total > 0) {
        start = bytes.indexOf(newline) + 1;
        held.add(bytes.subarray(0, start - 1));
        add(held.kept().toString("utf8"), held.isFull(), held.total + 1);
        held.clear();
      }
      // Each line is decoded for itself: a slice of one long string would keep all of that string in memory.
      const encoding = isAscii(bytes.subarray(start, end)) ? "latin1" : "utf8";
      while (start < end) {
        const stop = bytes.indexOf(newline, start);
        add(bytes.toString(encoding, start, stop), false, stop + 1 - start);
        start = stop + 1;
      }
      held.add(bytes.subarray(end));
      return lines;
    },
    get pending() {
      return held.total;
    },
    get cut() {
      return cut;
    },
  };
}

const newline = 0x0a;
/** No UTF-16 code unit takes more than three bytes in UTF-8. */
const maxBytesPerUnit = 3;

/**
 * Drops the carriage return of a Windows line end and NULs at the beginning: a writer without O_APPEND goes on at its
 * old offset after its file was truncated, and the hole before it reads as NULs.
 */
function trimmed(text: string): string {
  const line = text.endsWith("\r") ? text.slice(0, -1) : text;
  return line.charCodeAt(0) === 0 ? line.replace(leadingNuls, "") : line;
}

const leadingNuls = /^\0+/;

/** Keeps the first `most` bytes of what is added and counts the rest. NULs at the beginning are counted only. */
function holdBytes(most: number) {
  let buffer = Buffer.alloc(0);
  let length = 0;
  let total = 0;
  let isFull = false;
  return {
    add(bytes: Buffer) {
      total += bytes.length;
      const wanted = length === 0 ? bytes.subarray(firstNonNul(bytes)) : bytes;
      const kept = wanted.subarray(0, most - length);
      isFull ||= kept.length < wanted.length;
      if (length + kept.length > buffer.length) {
        const larger = Buffer.alloc(Math.min(most, Math.max(256, 2 * (length + kept.length))));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      length += kept.copy(buffer, length);
    },
    clear() {
      buffer = Buffer.alloc(0);
      length = 0;
      total = 0;
      isFull = false;
    },
    kept: () => buffer.subarray(0, length),
    isFull: () => isFull,
    get total() {
      return total;
    },
  };
}

function firstNonNul(bytes: Buffer): number {
  if (bytes[0] !== 0) return 0;
  const index = bytes.findIndex((byte) => byte !== 0);
  return index === -1 ? bytes.length : index;
}
