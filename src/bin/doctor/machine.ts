import { readdirSync, readFileSync, type Stats, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { reasonOf } from "../../core/failure.ts";
import type { Context } from "../commands/command.ts";
import { isRootsOwn, isSystem } from "../commands/command.ts";
import type { Status } from "../commands/status.ts";
import { readPlainEnd } from "../plain-file.ts";

/** How a program ended. `output` is what it printed, without the last line end. */
type Ran =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly reason: string; readonly isMissing: boolean };

/** How full a file system is, in shares of 1. */
interface Fullness {
  readonly bytes: number;
  readonly files: number;
}

/** What a check may look at. Paths begin with "/" and are looked for below the root. */
export interface Machine {
  readonly context: Context;
  readonly status: Status;
  readonly hasSystemd: boolean;
  readonly isRoot: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Undefined where it is not there or may not be read. */
  read(path: string): string | undefined;
  /** The end of a file that may be somebody else's: no link, no pipe. Undefined where it is not there or is none. */
  readEnd(path: string, mostBytes: number): string | undefined;
  /** The names in a folder; none where it cannot be read. */
  names(folder: string): string[];
  stat(path: string): Stats | undefined;
  fullness(path: string): Fullness | undefined;
  /** Runs a program of the system, without a shell, for ten seconds at the most. Never rejects. */
  readonly run: Run;
}

export type Run = (program: string, ...args: readonly string[]) => Promise<Ran>;

const mostMilliseconds = 10_000;
const mostBytes = 16 << 20;

/** `path` is where programs are looked for. */
export function machineOf(context: Context, status: Status, path = usualPath()): Machine {
  const at = (path: string) => join(context.root, path);
  return {
    context,
    status,
    hasSystemd: isSystem(context) || tried(() => statSync(at("/run/systemd/system"))) !== undefined,
    isRoot: isRootsOwn(context),
    now: Date.now(),
    read: (path) => tried(() => readFileSync(at(path), "utf8")),
    readEnd: (path, bytes) => tried(() => readPlainEnd(at(path), bytes)),
    names: (folder) => tried(() => readdirSync(at(folder))) ?? [],
    stat: (path) => tried(() => statSync(at(path))),
    fullness: (path) => tried(() => fullnessOf(at(path))),
    run: runnerIn(path),
  };
}

/** Runs programs that are looked for in `path`. */
export function runnerIn(path = usualPath()): Run {
  return (program, ...args) => run(path, program, args);
}

/** An admin who is not root has no folder of root's programs there. */
function usualPath(): string {
  return `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
}

function tried<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    // It is not there, or not for us: the check says what that means.
    return undefined;
  }
}

function fullnessOf(path: string): Fullness {
  const { blocks, bfree, bavail, files, ffree } = statfsSync(path);
  const used = blocks - bfree;
  return { bytes: share(used, used + bavail), files: share(files - ffree, files) };
}

/** Some file systems count no files. */
function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

async function run(path: string, program: string, args: readonly string[]): Promise<Ran> {
  const ran = await execa(program, args, {
    reject: false,
    timeout: mostMilliseconds,
    maxBuffer: mostBytes,
    stdin: "ignore",
    env: { LC_ALL: "C", PATH: path },
  });
  if (!ran.failed) return { ok: true, output: ran.stdout };
  const isMissing = ran.code === "ENOENT";
  const said = ran.stderr.trim().split("\n")[0];
  return { ok: false, isMissing, reason: said || ran.shortMessage || reasonOf(ran) };
}
