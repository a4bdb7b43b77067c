import { createReadStream, statSync } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { cutLines } from "../../collect/logs/lines.ts";
import { Failure, reasonOf } from "../../core/failure.ts";

/** A log as it lies on disk, whole or compressed, or standard input. */
export interface LogFile {
  /** When it was last written, in milliseconds since 1970: no line of it is younger. */
  readonly changedAt: number;
  /**
   * Its lines as the daemon would read them, those of each read at once; empty ones are left out unless they are asked for.
   * Throws a `Failure` where it cannot be read on.
   */
  lines(empty?: "empty ones too"): AsyncIterable<readonly string[]>;
}

/** Opens a log; "-" is standard input. Throws a `Failure` for what is not there or is no file. */
export function openLogFile(path: string): LogFile {
  const lines = (empty?: "empty ones too") => linesOf(path, empty !== undefined);
  if (path === "-") return { changedAt: Date.now(), lines };
  const stats = attempt(path, () => statSync(path));
  if (stats.isDirectory()) {
    throw new Failure(`${path} is a folder, expected a log`, {
      hint: `name the files: ${path}/*`,
      exitCode: 66,
    });
  }
  // What is no regular file, such as a pipe, has no time of its own.
  return { changedAt: stats.isFile() ? Math.floor(stats.mtimeMs) : Date.now(), lines };
}

async function* linesOf(path: string, withEmpty: boolean): AsyncIterable<readonly string[]> {
  const stream = path === "-" ? process.stdin : createReadStream(path);
  const cutter = cutLines();
  const lengths: number[] | undefined = withEmpty ? [] : undefined;
  try {
    for await (const bytes of await plain(stream)) {
      const lines = cutter.push(bytes, lengths?.splice(0) && lengths);
      if (lines.length > 0) yield lines;
    }
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
  if (cutter.pending > 0) yield cutter.push(newline, lengths);
}

const newline = Buffer.from("\n");

/** Compressed logs are known by their first bytes: names say less. */
async function plain(stream: Readable): Promise<AsyncIterable<Buffer>> {
  const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  const first = await chunks.next();
  const all = first.done ? Readable.from([]) : Readable.from(behind(first.value, chunks));
  const isCompressed = !first.done && first.value[0] === 0x1f && first.value[1] === 0x8b;
  // A fault is thrown to whoever reads.
  return isCompressed ? pipeline(all, createGunzip(), () => {}) : all;
}

async function* behind(first: Buffer, rest: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}

function unreadable(path: string, cause: unknown): Failure {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ENOENT") return new Failure(`cannot find ${path}`, { exitCode: 66, cause });
  if (code.startsWith("Z_")) {
    return new Failure(`${path} is damaged: ${reasonOf(cause)}`, { exitCode: 65, cause });
  }
  const hint = code === "EACCES" ? "put sudo before it" : undefined;
  const exitCode = code === "EACCES" ? 77 : 66;
  return new Failure(`cannot read ${path}: ${reasonOf(cause)}`, { hint, exitCode, cause });
}
