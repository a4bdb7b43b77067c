import { createHash } from "node:crypto";
import { closeSync, fstatSync, readSync } from "node:fs";
import * as z from "zod";
import { cutLines } from "./lines.ts";

/**
 * How far one generation of a log has been read; a generation is what a log holds between two rotations. The inode finds
 * it again under another name, the hash of its first bytes in a copy, and tells it from whatever took its inode.
 */
export const Mark = z.strictObject({
  dev: z.number(),
  ino: z.number(),
  /** Bytes dealt with: always where a line begins. */
  offset: z.number().int().nonnegative(),
  /** The first bytes, at most `maxHeadBytes` and none beyond what was read, as SHA-256. */
  headBytes: z.number().int().nonnegative(),
  headHash: z.string(),
  /** When it was last written to as far as it was read, in milliseconds since 1970. */
  modifiedAt: z.number(),
});
export type Mark = z.infer<typeof Mark>;

export const maxHeadBytes = 1024;

/** What one look at a generation shows. `replaced` means truncated, perhaps already written to again. */
export type Look = "data" | "nothing" | "replaced";

/** One generation, held open, so that no rename or deletion can take it away before it is read. */
export class Generation {
  readonly dev: number;
  readonly ino: number;
  readonly #fd: number;
  readonly #buffer: Buffer;
  readonly #lines = cutLines();
  /** Bytes taken; the last of them may belong to a line without its end. */
  #taken: number;
  #modifiedAt: number;
  #seenModifiedAt: number;
  #head: Buffer;
  #headHash: string | undefined;
  #peeked: Buffer = Buffer.alloc(0);
  /** Milliseconds since 1970: when it last gave something, or the last rotation. */
  quietSince = 0;

  /** `buffer` is where reads land; generations that are read in turn may share it. */
  constructor(
    fd: number,
    file: { dev: number; ino: number; modifiedAt: number },
    offset: number,
    buffer: Buffer,
  ) {
    this.dev = file.dev;
    this.ino = file.ino;
    this.#fd = fd;
    this.#buffer = buffer;
    this.#taken = offset;
    this.#modifiedAt = file.modifiedAt;
    this.#seenModifiedAt = file.modifiedAt;
    this.#head = headOf(fd, Math.min(offset, maxHeadBytes));
  }

  /** Reads on without committing to it. The check comes after the read, so data that passes it is of this generation. */
  peek(): Look {
    const length = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, this.#taken);
    this.#peeked = this.#buffer.subarray(0, length);
    const isWhole = this.#holds(this.#taken + length);
    if (!isWhole) this.#peeked = Buffer.alloc(0);
    if (!isWhole) return "replaced";
    if (length > 0) return "data";
    this.#modifiedAt = this.#seenModifiedAt;
    return "nothing";
  }

  /** Takes what `peek` read: the lines that ended in it, and how many of them were cut. `lengths`: see `LineCutter`. */
  take(lengths?: number[]): { lines: string[]; cut: number } {
    const before = this.#lines.cut;
    if (this.#head.length < maxHeadBytes) this.#headHash = undefined;
    this.#head = this.head();
    this.#taken += this.#peeked.length;
    this.#modifiedAt = this.#seenModifiedAt;
    const lines = this.#lines.push(this.#peeked, lengths);
    this.#peeked = Buffer.alloc(0);
    return { lines, cut: this.#lines.cut - before };
  }

  /** The first bytes as far as they are known, peeked ones included. */
  head(): Buffer {
    if (this.#head.length >= maxHeadBytes) return this.#head;
    return Buffer.concat([this.#head, this.#peeked.subarray(0, maxHeadBytes - this.#head.length)]);
  }

  /** Whether the file still begins as it did and is at least as long as what was taken. */
  isIntact(): boolean {
    return this.#holds(this.#taken);
  }

  /** Whether nothing of it was taken yet. */
  isUntouched(): boolean {
    return this.#taken === 0;
  }

  hasMore(): boolean {
    return fstatSync(this.#fd).size > this.#taken;
  }

  hasUnfinishedLine(): boolean {
    return this.#lines.pending > 0;
  }

  /** Where the first line begins that is not finished. */
  get end(): number {
    return this.#taken - this.#lines.pending;
  }

  /** `offset`: what is before it is dealt with. */
  mark(offset: number = this.end): Mark {
    this.#headHash ??= hashOf(this.#head);
    return {
      dev: this.dev,
      ino: this.ino,
      offset,
      headBytes: this.#head.length,
      headHash: this.#headHash,
      modifiedAt: this.#modifiedAt,
    };
  }

  close(): void {
    closeSync(this.#fd);
  }

  #holds(bytes: number): boolean {
    const head = this.head();
    const { size, mtimeMs } = fstatSync(this.#fd);
    this.#seenModifiedAt = Math.max(this.#modifiedAt, mtimeMs);
    return size >= bytes && headOf(this.#fd, head.length).equals(head);
  }
}

/** The first `length` bytes of an open file, fewer where it has fewer. */
export function headOf(fd: number, length: number): Buffer {
  const head = Buffer.allocUnsafe(length);
  return head.subarray(0, readSync(fd, head, 0, length, 0));
}

/** Where the last line of an open file begins, finished or not: `size` when the file ends with a newline. */
export function lastLineStart(fd: number, size: number): number {
  const block = Buffer.alloc(65_536);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block.length);
    const length = readSync(fd, block, 0, end - start, start);
    const newline = block.subarray(0, length).lastIndexOf(0x0a);
    if (newline !== -1) return start + newline + 1;
    end = start;
  }
  return 0;
}

export function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
