import { closeSync, constants, fstatSync, openSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { bytesAt } from "../plain-file.ts";

/** Where lines stand now: the log may have been rotated since. */
export interface Located {
  readonly file: string;
  /** The byte at which each of the earlier lines begins; null where it is not found before the line itself. */
  readonly earlier: readonly (number | null)[];
}

/** Earlier lines are looked for in so much of the file before the line. */
const mostBack = 1 << 20;

/**
 * Finds a line at its byte in a log or in an uncompressed copy beside it. An entry of several lines
 * begins there, and is found where its lines follow one another. Undefined where it is gone.
 */
export function locate(
  location: string,
  { place, text, earlier }: { place: number; text: string; earlier: readonly string[] },
): Located | undefined {
  for (const file of candidates(location)) {
    const before = bytesBefore(file, place, text);
    if (before) return { file, earlier: placesIn(before, earlier, place - before.length) };
  }
  return undefined;
}

function candidates(location: string): string[] {
  try {
    const names = readdirSync(dirname(location)).filter((name) => name !== basename(location));
    const rotated = names.filter((name) => name.startsWith(basename(location)));
    const plain = rotated.filter((name) => !/\.(gz|xz|bz2|zst)$/.test(name)).sort();
    return [location, ...plain.map((name) => join(dirname(location), name))];
  } catch {
    // No such folder, or not for this user.
    return [];
  }
}

/** What comes before the line in this file; undefined where the line is not there. */
function bytesBefore(file: string, place: number, text: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    // A pipe must not keep anybody waiting.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(fd).isFile()) return undefined;
    const line = bytesAt(fd, place, 4 * text.length).toString("utf8");
    if (!line.startsWith(text) && !joined(line).startsWith(joined(text))) return undefined;
    const start = Math.max(0, place - mostBack);
    return bytesAt(fd, start, place - start);
  } catch {
    // It has gone, or it is not for this user.
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** An entry of several lines was joined by blanks, and some formats have theirs at its lines' ends. */
function joined(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** `lines` are the newest first, so each stands before the one that was found last. */
function placesIn(bytes: Buffer, lines: readonly string[], start: number): (number | null)[] {
  let end = bytes.length;
  return lines.map((line) => {
    const at = lastLine(bytes, Buffer.from(line), end);
    if (at === undefined) return null;
    end = at;
    return start + at;
  });
}

function lastLine(bytes: Buffer, line: Buffer, end: number): number | undefined {
  for (let at = end; at > 0; ) {
    at = bytes.lastIndexOf(line, at - 1);
    if (at < 0) return undefined;
    if (at === 0 || bytes[at - 1] === 0x0a) return at;
  }
  return undefined;
}
