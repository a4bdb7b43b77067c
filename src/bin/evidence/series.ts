import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";

/** A file of lines that is appended to and never grows too large, with some of its earlier parts. */
export interface Series {
  append(line: string): void;
  /** Writes what was appended. Never throws: trouble is told once. */
  flush(): void;
}

/** How large the file may grow before another one is begun, and how many earlier ones are kept. */
export interface SeriesBounds {
  readonly bytes: number;
  readonly earlier: number;
}

/** While the disk takes nothing, no more than this waits. */
const mostWaiting = 1_000_000;

export function openSeries(path: string, bounds: SeriesBounds, log: Log): Series {
  let waiting = "";
  let isNew = true;
  let isTold = false;
  const write = () => {
    // What a crash tore must not run into what comes now.
    const size = appendWhole(path, isNew ? `\n${waiting}` : waiting);
    waiting = "";
    isNew = isTold = false;
    if (size > bounds.bytes) beginAnother(path, bounds.earlier);
  };
  return {
    append(line) {
      if (waiting.length < mostWaiting) waiting += `${line}\n`;
    },
    flush() {
      try {
        if (waiting !== "") write();
      } catch (thrown) {
        if (!isTold) log.warn(`cannot write "${path}": ${reasonOf(thrown)}; blocks go on`);
        isTold = true;
      }
    },
  };
}

/** The files of a series, the newest first, whether they are there or not. */
export function filesOf(path: string, { earlier }: SeriesBounds): string[] {
  return [path, ...Array.from({ length: earlier }, (_, index) => `${path}.${index + 1}`)];
}

/** Returns how large the file is then. All or nothing: half a line is nobody's. */
function appendWhole(path: string, text: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  const fd = openSync(path, "a", 0o640);
  const before = fstatSync(fd).size;
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    return before + bytes.length;
  } catch (thrown) {
    ftruncateSync(fd, before);
    throw thrown;
  } finally {
    closeSync(fd);
  }
}

function beginAnother(path: string, earlier: number): void {
  const files = filesOf(path, { bytes: 0, earlier });
  for (let index = files.length - 1; index > 0; index--) {
    const from = files[index - 1] ?? path;
    if (existsSync(from)) renameSync(from, files[index] ?? path);
  }
}
