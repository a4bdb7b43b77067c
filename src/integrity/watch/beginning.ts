import { watch as fsWatch } from "node:fs";
import type { BytePath } from "../entry.ts";
import { codeOf, faultOf } from "../fault.ts";
import { below, fsPath, nameShown } from "../name.ts";
import type { Folder, Folders } from "./folders.ts";
import type { Gap, WatchOptions } from "./options.ts";

/** Starts to watch one folder. */
export type Begin = (folder: Folder, path: BytePath, inode: number) => void;

/** When the system has no more watches, the function says so once, and stops trying. */
export function openBeginning(
  { root, log, begin = fsWatch, signal }: WatchOptions,
  folders: Folders,
  onGap: (gap: Gap) => void,
  onEvent: (folder: Folder, event: string, name: string | null) => void,
): Begin {
  let isLimited = false;
  const stopAt = (reason: string) => {
    isLimited = true;
    const watched = folders.count();
    log.error(
      `no more than ${watched} folders can be watched (${reason}): scans find the rest; raise fs.inotify.max_user_watches`,
    );
    onGap({ kind: "limit", watched, reason });
  };
  const refuse = (path: BytePath, thrown: unknown) => {
    if (isOf(limits, thrown)) stopAt(faultOf(thrown));
    else log.warn(`cannot watch ${nameShown(path)}: ${faultOf(thrown)}`);
  };
  return (folder, path, inode) => {
    if (isLimited || signal.aborted) return;
    try {
      const where = fsPath(below(root, path));
      const watcher = begin(where, { encoding: "latin1" }, (event, name) =>
        onEvent(folder, event, name),
      );
      // The folder went while it was watched; its parent tells.
      watcher.on("error", () => watcher.close());
      folders.keep(folder, watcher, inode);
    } catch (thrown) {
      if (!isOf(vanished, thrown)) refuse(path, thrown);
    }
  };
}

function isOf(codes: readonly string[], thrown: unknown): boolean {
  return codes.includes(String(codeOf(thrown)));
}

/** No more watches for this user, or no more inotify instances. */
const limits = ["ENOSPC", "EMFILE"];
const vanished = ["ENOENT", "ENOTDIR"];
