import type { FSWatcher } from "node:fs";
import type { BytePath } from "../entry.ts";

/** A folder on the way to others; with a watcher, one that is watched. */
export interface Folder {
  readonly name: BytePath;
  readonly parent: Folder | undefined;
  /** None where there are none: most folders hold no other. */
  children: Map<BytePath, Folder> | undefined;
  watcher: FSWatcher | undefined;
  /** Another inode under the same name is another folder. */
  inode: number;
}

/** The watched folders as a tree, so that a moved one takes all below it along. */
export interface Folders {
  readonly count: () => number;
  /** The folder at a path, made where it is not yet there. */
  at(path: BytePath): Folder;
  find(path: BytePath): Folder | undefined;
  /** Ends the watching of a folder and of all below it. */
  drop(path: BytePath): void;
  /** Ends the watching of this folder alone. */
  leave(path: BytePath): void;
  keep(folder: Folder, watcher: FSWatcher, inode: number): void;
}

export function openFolders(): Folders {
  const top: Folder = newFolder("", undefined);
  let count = 0;
  const find = (path: BytePath) => {
    let folder: Folder | undefined = top;
    for (const part of path.split("/")) if (part !== "") folder = folder?.children?.get(part);
    return folder;
  };
  const stop = (folder: Folder) => {
    if (folder.watcher) count -= 1;
    folder.watcher?.close();
    folder.watcher = undefined;
  };
  const close = (folder: Folder) => {
    stop(folder);
    for (const child of folder.children?.values() ?? []) close(child);
    folder.children = undefined;
  };
  return {
    count: () => count,
    find,
    at(path) {
      let folder = top;
      for (const part of path.split("/")) if (part !== "") folder = childOf(folder, part);
      return folder;
    },
    drop(path) {
      const folder = find(path);
      if (!folder) return;
      close(folder);
      folder.parent?.children?.delete(folder.name);
    },
    leave(path) {
      const folder = find(path);
      if (folder) stop(folder);
    },
    keep(folder, watcher, inode) {
      if (!folder.watcher) count += 1;
      folder.watcher?.close();
      folder.watcher = watcher;
      folder.inode = inode;
    },
  };
}

/** Put together when it is needed: twenty thousand paths would stay in memory. */
export function pathOfFolder({ name, parent }: Folder): BytePath {
  if (!parent) return "/";
  return parent.parent ? `${pathOfFolder(parent)}/${name}` : `/${name}`;
}

function childOf(folder: Folder, name: BytePath): Folder {
  folder.children ??= new Map();
  const child = folder.children.get(name) ?? newFolder(name, folder);
  folder.children.set(name, child);
  return child;
}

function newFolder(name: BytePath, parent: Folder | undefined): Folder {
  return { name, parent, children: undefined, watcher: undefined, inode: 0 };
}
