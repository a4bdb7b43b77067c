import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

const fixture = (name: string) => join(import.meta.dirname, "fixtures", name);

/** Starts processes and ends all of them that still run; for one test. */
export function startProcesses() {
  const children: ChildProcess[] = [];
  const start = (name: string, args: readonly string[], uid = process.getuid?.() ?? 0) => {
    const child = spawn(process.execPath, [fixture(name), ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      uid,
    });
    children.push(child);
    return child;
  };
  return {
    /** A process that writes and rotates a log; see fixtures/write.ts. */
    writer(path: string) {
      const child = start("write.ts", [path]);
      const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return async (command: string) => {
        child.stdin.write(`${command}\n`);
        const { value } = await answers.next();
        if (value !== "ok") throw new Error(`the writer answered "${value}" to "${command}"`);
      };
    },
    /** A process that follows `path` and writes what it read to `output`; see fixtures/follow.ts. */
    follower: (path: string, state: string, output: string, pauseMs = 0, uid?: number) =>
      start("follow.ts", [path, state, output, String(pauseMs)], uid),
    /** The same, of a log with entries of several lines. */
    entryFollower: (path: string, state: string, output: string) =>
      start("follow.ts", [path, state, output, "0", "postgresql_log"]),
    async endAll() {
      await Promise.all(children.map((child) => kill(child, "SIGKILL")));
    },
  };
}

export async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}

export async function until(claim: () => boolean, what: string, seconds = 30): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !claim(); await delay(2)) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
  }
}

/** Whether the process has the file of that name open: then no deletion takes it away. */
export function holds(child: ChildProcess, path: string): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  const folder = `/proc/${child.pid}/fd`;
  return readdirSync(folder).some((fd) => {
    try {
      if (readlinkSync(join(folder, fd)) !== path) return false;
      const stat = statSync(join(folder, fd));
      return stat.dev === now?.dev && stat.ino === now.ino;
    } catch {
      // Closed since it was listed.
      return false;
    }
  });
}

/** The batches a follower wrote, each as the numbers of its lines. The last may be torn by a kill. */
export function batchesIn(output: string): number[][] {
  if (!existsSync(output)) return [];
  const text = readFileSync(output, "latin1");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split(/^batch \d+\n/m)
    .slice(1)
    .map((lines) => [...lines.matchAll(/ line (\d+) /g)].map((match) => Number(match[1])));
}

/** The number of the last line a follower wrote so far, -1 before the first. Cheap enough to ask again and again. */
export function lastNumberIn(output: string): number {
  const size = statSync(output, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return -1;
  const fd = openSync(output, "r");
  const tail = Buffer.alloc(Math.min(size, 1000));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  closeSync(fd);
  return Number([...tail.toString("latin1").matchAll(/ line (\d+) .*\n/g)].at(-1)?.[1] ?? -1);
}
