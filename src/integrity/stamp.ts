import type { Stats } from "node:fs";
import type { Entry, Kind } from "./entry.ts";

/** What lstat(2) says of a file, as one text: two that are equal need no second look. */
export type Stamp = string;

export function stampOf(stats: Stats): Stamp {
  return `${stats.mode} ${stats.uid} ${stats.gid} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.ino} ${stats.dev}`;
}

/** The part of an entry that a stamp holds. */
type Stamped = Omit<Entry, "path" | "sha256" | "target" | "attributes">;

export function readStamp(stamp: Stamp): Stamped {
  const [mode = 0, uid = 0, gid = 0, size = 0, mtime = 0, ctime = 0, inode = 0, device = 0] = stamp
    .split(" ")
    .map(Number);
  return { kind: kindOf(mode), mode: mode & 0o7777, uid, gid, size, mtime, ctime, inode, device };
}

export function stampOfEntry(entry: Entry): Stamp {
  const { mode, uid, gid, size, mtime, ctime, inode, device } = entry;
  return `${bitsOf[entry.kind] | mode} ${uid} ${gid} ${size} ${mtime} ${ctime} ${inode} ${device}`;
}

/** The bits of st_mode that say what a file is, see inode(7); a character device stands for both kinds. */
const bitsOf: Readonly<Record<Kind, number>> = {
  file: 0o100000,
  directory: 0o040000,
  link: 0o120000,
  device: 0o020000,
  pipe: 0o010000,
  socket: 0o140000,
};

function kindOf(mode: number): Kind {
  const bits = mode & 0o170000;
  if (bits === bitsOf.file) return "file";
  if (bits === bitsOf.directory) return "directory";
  if (bits === bitsOf.link) return "link";
  if (bits === bitsOf.pipe) return "pipe";
  if (bits === bitsOf.socket) return "socket";
  return "device";
}
