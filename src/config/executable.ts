import { lstatSync, realpathSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { reasonOf } from "../core/failure.ts";

/**
 * Why an executable of the admin's must not be run, or undefined when it may: what root runs is root's, cannot be written by
 * anybody else, and lies in `folder` itself, to which the same goes. Throws when this user may not look.
 */
export function executableProblem(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  try {
    return folderProblem(folder) ?? fileProblem(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EACCES") throw error;
    return code === "ENOENT" ? `${path} does not exist` : `${path}: ${reasonOf(error)}`;
  }
}

function folderProblem(folder: string): string | undefined {
  const real = realpathSync(folder);
  if (real !== folder) return `${folder} is reached by a link, its real place is ${real}`;
  for (let path = folder; ; path = dirname(path)) {
    const problem = ownerProblem(path, lstatSync(path));
    if (problem !== undefined) return problem;
    if (path === dirname(path)) return undefined;
  }
}

function fileProblem(path: string): string | undefined {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return `${path} is a link, expected the file itself`;
  if (!stats.isFile()) return `${path} is no file`;
  const problem = ownerProblem(path, stats);
  if (problem !== undefined) return problem;
  return (stats.mode & 0o100) === 0 ? `${path} is not executable: chmod 755 ${path}` : undefined;
}

function ownerProblem(path: string, stats: Stats): string | undefined {
  if (stats.uid !== 0)
    return `${path} belongs to user ${stats.uid}, expected root: chown root ${path}`;
  // In a sticky folder, as /tmp is, nobody may rename what is another's.
  const isSticky = stats.isDirectory() && (stats.mode & 0o1000) !== 0;
  if ((stats.mode & 0o022) === 0 || isSticky) return undefined;
  return `${path} can be written by others than root: chmod go-w ${path}`;
}
