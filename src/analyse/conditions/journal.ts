import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { Failure, reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";

/** The entries of a journal, each JSON on a line. One that is not whole was being written when the power failed. */
export function readJournal(file: string): unknown[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").flatMap(parsed) : [];
}

function parsed(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** So many characters may be added, besides as many as there were, before the file is written anew. */
const slack = 1_000_000;
/** While the disk refuses, the most flushes between two tries. */
const longestWait = 1024;

/** A file that repeats what is in memory, so that a restart does not forget it. */
export class Journal {
  readonly #file: string;
  readonly #contents: () => Iterable<unknown>;
  readonly #log: Log;
  #fd: number | undefined;
  #pending: string[] = [];
  #room = 0;
  #wait = 0;
  #waited = 0;

  /**
   * Opens the file and writes it anew with what `contents` yields, so that what was replaced or dropped is out of it. Throws
   * a `Failure` when the folder cannot be written.
   */
  constructor(file: string, contents: () => Iterable<unknown>, log: Log) {
    this.#file = file;
    this.#contents = contents;
    this.#log = log;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o750 });
      this.#writeAnew();
    } catch (thrown) {
      const hint = `let the user that runs this write to ${dirname(file)}`;
      throw new Failure(`cannot write "${file}": ${reasonOf(thrown)}`, { hint, exitCode: 77 });
    }
  }

  /** Adds an entry with the next `flush`. */
  append(entry: unknown): void {
    // While the disk refuses, nothing waits: all will be written anew.
    if (this.#wait === 0) this.#pending.push(`${JSON.stringify(entry)}\n`);
  }

  /**
   * Writes what was added: SIGKILL then takes none of it, a power cut perhaps the last. Never throws: when the disk refuses
   * it says so once, and memory goes on until the file can be written anew.
   */
  flush(): void {
    if (this.#wait === 0 ? this.#pending.length === 0 : ++this.#waited < this.#wait) return;
    try {
      this.#write();
      if (this.#wait > 0) this.#log.warn(`"${this.#file}" can be written again`);
      this.#wait = 0;
    } catch (thrown) {
      if (this.#wait === 0) this.#log.warn(`cannot write "${this.#file}": ${reasonOf(thrown)}`);
      this.#wait = Math.min(longestWait, this.#wait * 2 || 1);
    }
    this.#pending = [];
    this.#waited = 0;
  }

  close(): void {
    // The last try does not wait.
    this.#waited = this.#wait;
    this.flush();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #write(): void {
    const text = this.#pending.join("");
    this.#room -= text.length;
    if (this.#fd === undefined || this.#wait > 0 || this.#room < 0) this.#writeAnew();
    else writeFileSync(this.#fd, text);
  }

  /** A reader, or a server that lost its power, finds the old file or the new one. */
  #writeAnew(): void {
    const lines = Array.from(this.#contents(), (entry) => `${JSON.stringify(entry)}\n`);
    const text = lines.join("");
    const fd = openSync(`${this.#file}.new`, "w", 0o600);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
      renameSync(`${this.#file}.new`, this.#file);
    } catch (thrown) {
      closeSync(fd);
      throw thrown;
    }
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = fd;
    this.#room = text.length + slack;
    syncFolder(dirname(this.#file));
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
