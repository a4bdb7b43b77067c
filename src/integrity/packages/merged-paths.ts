import { readlinkSync } from "node:fs";
import { join, posix } from "node:path";
import type { BytePath } from "../entry.ts";

/** Folders that are links on some systems, so that one file has two names. */
const usualLinks = [
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/usr/sbin",
  "/usr/lib64",
  "/var/run",
  "/var/lock",
];

/** The name of a path without the links that the system has for whole folders: /bin/ls is /usr/bin/ls on a merged /usr. */
export type Plain = (path: BytePath) => BytePath;

/** Reads which folders below `root` are links. */
export function readMergedPaths(root: string): Plain {
  const links = usualLinks.flatMap((folder): [string, string][] => {
    const target = linkIn(root, folder);
    return target === undefined
      ? []
      : [[`${folder}/`, `${posix.resolve(posix.dirname(folder), target)}/`]];
  });
  return (path) => {
    let plain = path;
    // /sbin may be /usr/sbin, and that /usr/bin.
    for (let turn = 0; turn < 3; turn += 1) {
      const found = links.find(([from]) => plain.startsWith(from));
      if (!found) return plain;
      plain = found[1] + plain.slice(found[0].length);
    }
    return plain;
  };
}

function linkIn(root: string, folder: string): string | undefined {
  try {
    return readlinkSync(join(root, folder), "latin1");
  } catch {
    return undefined; // No link, or nothing there.
  }
}
