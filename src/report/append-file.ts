import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { Failure, reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { ByteText } from "./byte-text.ts";

const capacity = 1 << 20;
/** For the entry that turns out not to fit. */
const slack = 1 << 18;
const checkMilliseconds = 1000;
const complainMilliseconds = 60_000;

/**
 * A log file that is appended to in whole entries, through a buffer. It follows logrotate (rename, delete,
 * copytruncate) and outlives a full disk: up to one mebibyte waits, beyond that entries are dropped and counted.
 */
export class AppendFile {
  readonly #path: string;
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #text = new ByteText(capacity + slack);
  /** How many bytes of the text are whole entries: what is behind them is being added. */
  #whole = 0;
  #file: OpenFile;
  #size: number;
  #checkedAt: number;
  #complainedAt = Number.NEGATIVE_INFINITY;
  #dropped = 0;

  /** Opens or creates the file (0640) and its folder (0750). Throws a Failure when that is not possible. */
  constructor(path: string, log: Log, clock: () => number) {
    this.#path = path;
    this.#log = log;
    this.#clock = clock;
    this.#checkedAt = clock();
    try {
      this.#file = openFile(path);
    } catch (thrown) {
      throw new Failure(`cannot write "${path}": ${reasonOf(thrown)}`, {
        hint: `let the user that runs this write to ${dirname(path)}`,
        cause: thrown,
      });
    }
    this.#size = fstatSync(this.#file.fd).size;
  }

  /** Where in the file the next entry will begin, in bytes. */
  get end(): number {
    // Asked before the first entry of a batch, so that a batch and its offsets stay in one file.
    if (this.#whole === 0) this.#follow();
    return this.#size + this.#whole;
  }

  /** Takes one entry: what is added to this text before `commit`. Without that it is no entry. */
  begin(): ByteText {
    if (this.#whole === 0) this.#follow();
    this.#text.cut(this.#whole);
    return this.#text;
  }

  /** What was added is an entry, and goes to disk with the next `flush`; where there is no room for it, what was there before goes at once. */
  commit(): void {
    if (this.#text.length > capacity) this.flush();
    if (this.#text.length > capacity) this.#dropped++;
    else this.#whole = this.#text.length;
  }

  /** Writes what was appended. When the disk refuses, it says so once a minute and keeps the entries. Never throws. */
  flush(): void {
    if (this.#whole === 0) return;
    try {
      this.#write(this.#whole);
    } catch (thrown) {
      this.#complain(reasonOf(thrown));
      this.#follow();
    }
  }

  close(): void {
    this.flush();
    closeSync(this.#file.fd);
  }

  /** All or nothing: half an entry would run into the next one. */
  #write(length: number): void {
    const { fd } = this.#file;
    let done = 0;
    try {
      while (done < length) done += writeSync(fd, this.#text.bytes, done, length - done);
    } catch (thrown) {
      if (done > 0) ftruncateSync(fd, fstatSync(fd).size - done);
      throw thrown;
    }
    this.#size += length;
    this.#text.shift(length);
    this.#whole -= length;
    if (this.#dropped > 0) {
      this.#log.error(
        `"${this.#path}" can be written again; ${this.#dropped} alerts are not in it`,
      );
    }
    this.#dropped = 0;
  }

  #follow(): void {
    const now = this.#clock();
    if (Math.abs(now - this.#checkedAt) < checkMilliseconds) return;
    this.#checkedAt = now;
    try {
      const there = statSync(this.#path, { throwIfNoEntry: false });
      if (there?.ino !== this.#file.inode || there.dev !== this.#file.device) this.#reopen();
      this.#size = fstatSync(this.#file.fd).size;
    } catch (thrown) {
      this.#complain(reasonOf(thrown));
    }
  }

  #reopen(): void {
    const next = openFile(this.#path);
    closeSync(this.#file.fd);
    this.#file = next;
  }

  #complain(reason: string): void {
    const now = this.#clock();
    if (now - this.#complainedAt < complainMilliseconds) return;
    this.#complainedAt = now;
    const fate =
      this.#dropped > 0 ? `${this.#dropped} alerts dropped so far` : "alerts wait in memory";
    this.#log.error(`cannot write "${this.#path}": ${reason}; ${fate}, mail and blocks go on`);
  }
}

interface OpenFile {
  readonly fd: number;
  readonly inode: number;
  readonly device: number;
}

function openFile(path: string): OpenFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  const fd = openSync(path, "a", 0o640);
  const { ino, dev } = fstatSync(fd);
  return { fd, inode: ino, device: dev };
}
