import { createHash, type Hash, hash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { codeOf, faultOf } from "./fault.ts";
import type { Pace } from "./pace.ts";
import { type Stamp, stampOf } from "./stamp.ts";

export type Content =
  | { readonly is: "read"; readonly sha256: string; readonly text: Uint8Array | undefined }
  /** It is not, or no longer, what lstat saw. */
  | { readonly is: "changed" }
  | { readonly is: "unreadable"; readonly reason: string };

/** A plain file, as lstat has just seen it. */
export interface Seen {
  readonly path: string | Uint8Array;
  readonly stamp: Stamp;
  readonly size: number;
}

/** Reads such a file; `asText`: what it holds is wanted too. */
export type ReadContent = (seen: Seen, asText: boolean) => Promise<Content>;

/** Longer texts are not kept. */
export const longestText = 256 * 1024;

/**
 * Longer files are not read: ten seconds at the usual rate, in which nothing else would be looked at. Whoever owns a file that is
 * watched, be it his authorized_keys, could make it as long as he likes.
 */
export const longestFile = 512 * 1024 * 1024;
export const tooLong = "it is longer than 512 MB, so only its size and its times are compared";

/** A file that takes longer is given up, too. */
const longestMilliseconds = 30_000;

/** Opening must not wait (a pipe), follow (a link put there meanwhile) or make a terminal ours. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Of a file that was still read when the process was told to end; it is looked at again after the next start. */
export const stopped: Content = { is: "unreadable", reason: "it was stopped" };

/** The reader of one scan: all its files go through one buffer. A long one is given up at `signal`. */
export function openReader(pace: Pace, signal?: AbortSignal): ReadContent {
  const buffer = Buffer.allocUnsafeSlow(longestText);
  return async ({ path, stamp, size }, asText) => {
    const file = opened(path, size);
    if (typeof file !== "number") return file;
    try {
      // The same stamp before and after: every byte is of this file, and none was written meanwhile.
      if (stampOf(fstatSync(file)) !== stamp) return { is: "changed" };
      const content = await readAll(file, size, buffer, asText, { pace, signal });
      return stampOf(fstatSync(file)) === stamp ? content : { is: "changed" };
    } catch (thrown) {
      return { is: "unreadable", reason: faultOf(thrown) };
    } finally {
      closeSync(file);
    }
  };
}

function opened(path: string | Uint8Array, size: number): number | Content {
  if (size > longestFile) return { is: "unreadable", reason: tooLong };
  try {
    return openSync(typeof path === "string" ? path : Buffer.from(path), flags);
  } catch (thrown) {
    // Gone, a link or a pipe by now: lstat says which.
    const isAnother = ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"].includes(String(codeOf(thrown)));
    return isAnother ? { is: "changed" } : { is: "unreadable", reason: faultOf(thrown) };
  }
}

interface Manner {
  readonly pace: Pace;
  readonly signal: AbortSignal | undefined;
}

async function readAll(
  file: number,
  size: number,
  buffer: Buffer,
  asText: boolean,
  manner: Manner,
): Promise<Content> {
  const first = readSync(file, buffer);
  await manner.pace.spend({ files: 1, bytes: first });
  if (first < size) return readOn(file, size, buffer, first, manner);
  const bytes = buffer.subarray(0, first);
  const text = asText ? Uint8Array.from(bytes) : undefined;
  return { is: "read", sha256: hash("sha256", bytes, "hex"), text };
}

/** A file that is longer than the buffer, or one whose size says nothing. */
async function readOn(
  file: number,
  size: number,
  buffer: Buffer,
  first: number,
  { pace, signal }: Manner,
): Promise<Content> {
  const sum: Hash = createHash("sha256").update(buffer.subarray(0, first));
  const end = performance.now() + longestMilliseconds;
  let total = first;
  for (let count = first; count > 0 && total < size; total += count) {
    count = readSync(file, buffer);
    sum.update(buffer.subarray(0, count));
    await pace.spend({ bytes: count });
    if (signal?.aborted) return stopped;
    if (performance.now() > end) return { is: "unreadable", reason: "reading it takes too long" };
  }
  return { is: "read", sha256: sum.digest("hex"), text: undefined };
}
