import { lstat } from "node:fs/promises";
import { posix } from "node:path";
import type { BytePath, Change } from "../entry.ts";
import { below, fsPath } from "../name.ts";

/** Nobody writes down when a file was deleted. It was no later than either of these, in milliseconds since 1970. */
export interface Latest {
  /** When the folder it lay in last changed, by the kernel's own time: taking a file away changes it. */
  readonly folder: number;
  /** When it was first seen to be gone. */
  readonly noticed: number;
}

/** The latest times of all deletions among these changes, by path; `noticed` says when each was first seen. */
export async function latestTimes(
  changes: readonly Change[],
  root: string,
  noticed: (path: BytePath) => number,
): Promise<ReadonlyMap<BytePath, Latest>> {
  const times = new Map<BytePath, Latest>();
  const folders = new Map<BytePath, number>();
  for (const { before, after } of changes) {
    if (after !== undefined) continue;
    const folder = posix.dirname(before.path);
    const changed = folders.get(folder) ?? (await lastChange(root, folder));
    folders.set(folder, changed);
    times.set(before.path, { folder: changed, noticed: noticed(before.path) });
  }
  return times;
}

/** Of a folder that is gone too, that of the nearest one above it that is not: taking the folder away changed that one. */
async function lastChange(root: string, folder: BytePath): Promise<number> {
  try {
    return (await lstat(fsPath(below(root, folder)))).ctimeMs;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    const isGone = code === "ENOENT" || code === "ENOTDIR";
    if (!isGone || folder === "/") return Number.POSITIVE_INFINITY;
    return await lastChange(root, posix.dirname(folder));
  }
}
