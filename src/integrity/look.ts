import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { type Content, longestText, type ReadContent } from "./content.ts";
import type { BytePath, Entry } from "./entry.ts";
import { codeOf, faultOf } from "./fault.ts";
import { below, fsPath } from "./name.ts";
import { isShared, readShared } from "./own-section.ts";
import type { Trouble } from "./seen.ts";
import { readStamp, stampOf } from "./stamp.ts";

/** How closely a file is looked at. */
export interface Wanted {
  /** Whether what it holds is read. */
  readonly sum: boolean;
  /** Whether its text is handed over too. */
  readonly text: boolean;
}

/** A file as it is. With `trouble`, the entry is what could be found out. */
export interface Looked {
  readonly entry: Entry;
  readonly text: Uint8Array | undefined;
  readonly trouble: Trouble | undefined;
}

/** What lstat(2) says; undefined where there is nothing. */
export function statOf(root: string, path: BytePath): Stats | undefined | Trouble {
  try {
    return lstatSync(fsPath(below(root, path)), { throwIfNoEntry: false });
  } catch (thrown) {
    // A part of the path that is no folder: there is nothing either.
    if (codeOf(thrown) === "ENOTDIR") return undefined;
    return { path, kind: "unreadable", reason: faultOf(thrown) };
  }
}

export function isTrouble(found: object): found is Trouble {
  return "reason" in found;
}

/**
 * Looks at a file: nothing of it is followed, and nothing opened that is not a plain file. One that changes while it is
 * read is read again, at most three times, and then taken without its sum. `undefined` when it is gone by now.
 */
export async function look(
  root: string,
  path: BytePath,
  stats: Stats,
  wanted: Wanted,
  read: ReadContent,
  tries = mostTries,
): Promise<Looked | undefined> {
  if (stats.isSymbolicLink()) return lookAtLink(root, path, stats);
  if (!wanted.sum || !stats.isFile()) return looked(path, stats);
  const seen = { path: fsPath(below(root, path)), stamp: stampOf(stats), size: stats.size };
  const content = isShared(path, stats.size) ? readShared(seen) : await read(seen, wanted.text);
  if (content.is === "read") return asRead(path, stats, content, wanted);
  if (content.is === "unreadable" || tries === 1) {
    return { ...looked(path, stats), trouble: troubleOf(path, content) };
  }
  const again = statOf(root, path);
  if (again && isTrouble(again)) return { ...looked(path, stats), trouble: again };
  return again && look(root, path, again, wanted, read, tries - 1);
}

const mostTries = 3;

function looked(path: BytePath, stats: Stats, content?: Content & { is: "read" }): Looked {
  const entry = {
    path,
    ...readStamp(stampOf(stats)),
    sha256: content?.sha256,
    target: undefined,
    attributes: undefined,
  };
  return { entry, text: content?.text, trouble: undefined };
}

/** A file in which Stockade's own section is all that there is, is none. */
function asRead(
  path: BytePath,
  stats: Stats,
  content: Content & { is: "read" },
  wanted: Wanted,
): Looked | undefined {
  if (!isShared(path, stats.size)) return looked(path, stats, content);
  const size = content.text?.length ?? 0;
  if (size === 0) return undefined;
  const { entry, text, trouble } = looked(path, stats, content);
  const isShown = wanted.text && size <= longestText;
  return { entry: { ...entry, size }, text: isShown ? text : undefined, trouble };
}

function lookAtLink(root: string, path: BytePath, stats: Stats): Looked | undefined {
  try {
    const target = readlinkSync(fsPath(below(root, path)), "latin1");
    const { entry } = looked(path, stats);
    return { entry: { ...entry, target }, text: undefined, trouble: undefined };
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    const trouble: Trouble = { path, kind: "unreadable", reason: faultOf(thrown) };
    return { ...looked(path, stats), trouble };
  }
}

function troubleOf(path: BytePath, content: Content): Trouble {
  if (content.is === "unreadable") return { path, kind: "unreadable", reason: content.reason };
  return { path, kind: "changing", reason: "it changes faster than it can be read" };
}
