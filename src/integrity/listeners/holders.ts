import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { BytePath } from "../entry.ts";

/** A process that has a socket open. */
export interface Holder {
  readonly pid: number;
  /** As it calls itself; anybody may choose that. */
  readonly name: string;
  /** What it runs; " (deleted)" behind it where that is no more. Undefined for the kernel's own, and where it may not be seen. */
  readonly program: BytePath | undefined;
}

/** Who has these sockets open; the first process that has, by its number. Sockets of the kernel's own have nobody. */
export function holdersOf(proc: string, inodes: ReadonlySet<number>): Map<number, Holder> {
  const found = new Map<number, Holder>();
  for (const pid of processesIn(proc)) {
    for (const inode of socketsOf(join(proc, `${pid}`))) {
      if (!inodes.has(inode) || found.has(inode)) continue;
      found.set(inode, holder(proc, pid));
    }
    if (found.size === inodes.size) break;
  }
  return found;
}

function processesIn(proc: string): number[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

function socketsOf(folder: string): number[] {
  const descriptors = join(folder, "fd");
  return tried(() => readdirSync(descriptors), []).flatMap((name) => {
    const target = tried(() => readlinkSync(join(descriptors, name)), "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    return inode === undefined ? [] : [Number(inode)];
  });
}

function holder(proc: string, pid: number): Holder {
  const folder = join(proc, `${pid}`);
  const name = tried(() => readFileSync(join(folder, "comm"), "latin1").trimEnd(), "");
  const program = tried(() => readlinkSync(join(folder, "exe"), "latin1"), undefined);
  return { pid, name, program };
}

/** A process may end at any moment. */
function tried<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
