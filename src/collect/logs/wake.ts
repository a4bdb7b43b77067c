import { type FSWatcher, realpathSync, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Tells when a log may have changed. */
export interface Wake {
  /** Ends at the next change, after `ms` at the latest, or when `signal` aborts. A change since the last call counts. */
  next(ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * Watches the folder of the log, and of what it links to, by inotify(7): one watch sees writes, renames and new files.
 * Where that fails (no such folder yet, no more watches, a network file system) only the time limit of `next` is left.
 */
export function watchLog(path: string): Wake {
  const watched: Watched = new Map();
  let hasChanged = true;
  let ring: (() => void) | undefined;

  const onChange = () => {
    hasChanged = true;
    ring?.();
  };
  const renew = () => {
    for (const [folder, stem] of watchedFolders(path)) {
      renewWatch(watched, folder, (name) => name.startsWith(stem) && onChange());
    }
  };
  renew();

  return {
    async next(ms, signal) {
      if (!hasChanged && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          ring = () => {
            clearTimeout(timer);
            resolve();
          };
          signal.addEventListener("abort", ring, { once: true });
        });
        if (ring) signal.removeEventListener("abort", ring);
        ring = undefined;
        if (!hasChanged) renew();
      }
      hasChanged = false;
    },
    close() {
      for (const { watcher } of watched.values()) watcher.close();
    },
  };
}

/** Folders to watch, each with how the names of interest in it begin: rotated files begin like the log. */
function watchedFolders(path: string): Map<string, string> {
  const target = realPathOr(path);
  return new Map([path, target].map((file) => [dirname(file), stemOf(basename(file))]));
}

function stemOf(name: string): string {
  const dot = name.indexOf(".", 1);
  return dot === -1 ? name : name.slice(0, dot);
}

type Watched = Map<string, { watcher: FSWatcher; ino: number }>;

/** A folder may come late, go, and come again as another. */
function renewWatch(watched: Watched, folder: string, onName: (name: string) => void): void {
  const ino = inodeOf(folder);
  const old = watched.get(folder);
  if (old?.ino === ino) return;
  old?.watcher.close();
  watched.delete(folder);
  const watcher = ino === undefined ? undefined : watchFolder(folder, onName);
  if (watcher && ino !== undefined) watched.set(folder, { watcher, ino });
}

function watchFolder(folder: string, onName: (name: string) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, (_event, name) => onName(name ?? ""));
    watcher.on("error", () => {
      // The time limit of `next` goes on without it.
    });
    return watcher;
  } catch {
    // The time limit of `next` does without it.
    return undefined;
  }
}

function inodeOf(folder: string): number | undefined {
  try {
    return statSync(folder).ino;
  } catch {
    // Not there yet, or not ours to see: tried again.
    return undefined;
  }
}

function realPathOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Not there yet.
    return path;
  }
}
