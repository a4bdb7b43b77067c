import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createGunzip } from "node:zlib";
import { eachLine, splitter } from "./lines.ts";

/** Of one log; the beginning of a larger one is left out, of a packed one the end. */
const mostBytes = 16 * 1024 * 1024;

/** Reads a log and what it was rotated to, the oldest first, as far back as `since`. What cannot be read is left out. */
export async function eachLogLine(
  path: string,
  since: number,
  onLine: (line: string) => void,
): Promise<void> {
  for (const file of await filesOf(path, since)) {
    try {
      if (file.endsWith(".gz")) await eachPacked(file, onLine);
      else await eachLast(file, onLine);
    } catch {
      // Rotated away just now, or half packed: what was read of it counts.
    }
  }
}

/** A name for the state of a log and what it was rotated to: the same as long as nothing was written. */
export async function logStamp(path: string): Promise<string> {
  const info = await stat(path, { bigint: true }).catch(() => undefined);
  return info ? `${info.ino} ${info.size} ${info.mtimeNs}` : "none";
}

async function filesOf(path: string, since: number): Promise<string[]> {
  const name = basename(path);
  const names = await readdir(dirname(path)).catch(() => []);
  const numbered = names.flatMap((one) => {
    const rest = one.startsWith(name) ? one.slice(name.length) : undefined;
    const [, number] = /^(?:\.(\d{1,4})(?:\.gz)?)?$/.exec(rest ?? "none") ?? [undefined, "none"];
    return number === "none" ? [] : [{ file: join(dirname(path), one), age: Number(number ?? 0) }];
  });
  const oldestFirst = numbered.sort((one, other) => other.age - one.age);
  const recent = await Promise.all(
    oldestFirst.map(async ({ file }) => {
      const info = await stat(file).catch(() => undefined);
      return info?.isFile() && info.mtimeMs >= since ? [file] : [];
    }),
  );
  return recent.flat();
}

async function eachLast(path: string, onLine: (line: string) => void): Promise<void> {
  const file = await open(path);
  const { size } = await file.stat();
  if (size <= mostBytes) {
    await file.close();
    await eachLine(path, onLine, mostBytes);
    return;
  }
  const lines = splitter(onLine);
  const stream = file.createReadStream({ start: size - mostBytes, encoding: "latin1" });
  for await (const piece of stream) lines.add(String(piece));
  lines.end();
}

async function eachPacked(path: string, onLine: (line: string) => void): Promise<void> {
  const lines = splitter(onLine);
  const source = createReadStream(path);
  const packed = source.pipe(createGunzip());
  source.on("error", (error) => packed.destroy(error));
  let total = 0;
  for await (const piece of packed as AsyncIterable<Buffer>) {
    total += piece.length;
    lines.add(piece.toString("latin1"));
    if (total > mostBytes) break;
  }
  lines.end();
  source.destroy();
}
