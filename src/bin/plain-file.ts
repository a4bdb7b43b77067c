import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { Failure } from "../core/failure.ts";

/**
 * Reads a file in a folder of the daemon's, as root may have to: whoever has the daemon could have put a pipe, a link or something
 * endless there. Throws the system's error, or a `Failure` for what is no file or larger than `mostBytes`.
 */
export function readPlainFile(path: string, mostBytes: number): string {
  return withPlainFile(path, (fd, size) => {
    if (size > mostBytes) throw new Failure(`"${path}" is too large: ${size} bytes`);
    return bytesAt(fd, 0, size).toString("utf8");
  });
}

/** The same of the end alone, however large the file is. */
export function readPlainEnd(path: string, mostBytes: number): string {
  return withPlainFile(path, (fd, size) => {
    const start = Math.max(0, size - mostBytes);
    return bytesAt(fd, start, size - start).toString("utf8");
  });
}

/** The same from a byte on; what was before it does not matter, nor does a file that has become shorter. */
export function readPlainFrom(path: string, start: number, mostBytes: number): string {
  return withPlainFile(path, (fd, size) => {
    const from = size < start ? 0 : start;
    return bytesAt(fd, from, Math.min(size - from, mostBytes)).toString("utf8");
  });
}

/** Up to `length` bytes from `offset` on. */
export function bytesAt(fd: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(fd, buffer, 0, length, offset));
}

function withPlainFile<T>(path: string, use: (fd: number, size: number) => T): T {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw new Failure(`"${path}" is no file`);
    return use(fd, found.size);
  } finally {
    closeSync(fd);
  }
}
