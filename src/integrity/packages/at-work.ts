import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** dpkg holds both while it works, and its front ends the first one for all of their runs of it, see apt(8). */
const locks = ["lock-frontend", "lock"];

/**
 * Whether dpkg or a front end of it is at work now: somebody holds a lock of its folder for writing, which only root can.
 * `procLocks` is /proc/locks. Undefined where that cannot be found out.
 */
export async function isDpkgAtWork(
  folder: string,
  procLocks = "/proc/locks",
): Promise<boolean | undefined> {
  try {
    const held = await readFile(procLocks, "latin1");
    const inodes = await Promise.all(
      locks.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.ino),
    );
    // 1: POSIX  ADVISORY  WRITE 12056 00:41:45 0 EOF
    return held.split("\n").some((line) => {
      const [, inode] = / WRITE +-?\d+ [0-9a-f]+:[0-9a-f]+:(\d+) 0 /.exec(line) ?? [];
      return inode !== undefined && inodes.includes(Number(inode));
    });
  } catch {
    return undefined;
  }
}
