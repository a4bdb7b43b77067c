import { readFileSync, realpathSync } from "node:fs";
import { posix } from "node:path";
import type { BytePath } from "../entry.ts";
import { below, fsPath } from "../name.ts";

/** Programs that packages are verified and mails are sent with; what they resolve to counts too. */
const programs = [
  "/usr/bin/dpkg",
  "/usr/bin/dpkg-deb",
  "/usr/bin/dpkg-query",
  "/usr/bin/dpkg-split",
  "/usr/bin/apt",
  "/usr/bin/apt-get",
  "/usr/bin/getfattr",
  "/usr/bin/xargs",
  "/usr/bin/gpgv",
  "/usr/sbin/prelink",
  "/usr/sbin/sendmail",
  "/usr/bin/systemctl",
];

interface Parts {
  readonly root: string;
  /** Folders of programs of ours: what is below them counts. */
  readonly folders: readonly BytePath[];
  /** What this process has loaded: /proc/self/maps. */
  readonly maps?: string;
}

/**
 * Whether a verdict, or the mail that tells of it, rests on this file. What a program resolves to is asked again each time, for a
 * link may have been laid elsewhere; what it once was still counts.
 */
export function openTools({ root, folders, maps = "/proc/self/maps" }: Parts) {
  const known = new Set<BytePath>(loaded(maps));
  return {
    refresh(): void {
      for (const program of programs) for (const path of namesOf(root, program)) known.add(path);
    },
    includes: (path: BytePath): boolean =>
      known.has(path) || folders.some((folder) => path.startsWith(`${folder}/`)),
  };
}

/** The C library, the linker, the libraries of cryptography, and the program that this process is. */
function loaded(maps: string): BytePath[] {
  try {
    const rows = readFileSync(maps, "latin1").split("\n");
    return rows.flatMap((row) => /^\S+ \S*x\S* \S+ \S+ \d+ +(\/.*)$/.exec(row)?.[1] ?? []);
  } catch {
    return []; // No /proc: the programs below are still known.
  }
}

/** The program's own path, and what it leads to when links are followed: /etc/alternatives, a merged /usr. */
function namesOf(root: string, program: BytePath): BytePath[] {
  const names = [program];
  try {
    const real = realpathSync(fsPath(below(root, program)), "latin1");
    names.push(
      root === "/" ? real : posix.join("/", posix.relative(realpathSync(root, "latin1"), real)),
    );
  } catch {
    // Not installed.
  }
  return names;
}
