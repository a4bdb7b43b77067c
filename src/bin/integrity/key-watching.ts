import { statSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Syscheck } from "../../config/syscheck-settings.ts";
import type { Log } from "../../core/log.ts";
import type { BytePath } from "../../integrity/entry.ts";
import { findKeyPlaces, type KeyPlaces } from "../../integrity/key-places.ts";
import { below, bytePath, fsPath } from "../../integrity/name.ts";

/** Keeps what is watched in step with where accounts have their keys. */
export interface KeyWatching {
  /** The settings, with the places that they leave to be found out. */
  added(settings: Syscheck): Syscheck;
  /** Whether the places are others than those that were added last. Asked every second, it looks every few. */
  haveMoved(): boolean;
  /** The places that were added last. */
  folders(): readonly BytePath[];
}

const everyMilliseconds = 3000;

/** `clock` in milliseconds. What is too much or too strange to be watched is logged, once as long as it stays the same. */
export function openKeyWatching(root: string, clock: () => number, log: Log): KeyWatching {
  let isWanted = false;
  let found: KeyPlaces | undefined;
  let stamp = "";
  let lookedAt = clock();
  let said = "";
  const find = () => {
    const before = found?.directories;
    stamp = stampOf(root, findKeyPlaces(root).sources);
    // What is written after the stamp makes another one.
    found = findKeyPlaces(root);
    const left = found.leftOut.slice(0, mostSaid).join(", ");
    if (left !== said && left !== "") {
      log.warn(`not all keys that let somebody log in are watched; left out: ${left}`);
    }
    said = left;
    return !isDeepStrictEqual(before, found.directories);
  };
  return {
    added(settings) {
      isWanted = settings.accountKeys && !settings.disabled;
      if (!isWanted) return settings;
      find();
      return { ...settings, directories: [...settings.directories, ...(found?.directories ?? [])] };
    },
    haveMoved() {
      if (!isWanted || Math.abs(clock() - lookedAt) < everyMilliseconds) return false;
      lookedAt = clock();
      return stampOf(root, found?.sources ?? new Set()) !== stamp && find();
    },
    folders: () => (found?.directories ?? []).map(({ path }) => bytePath(path)),
  };
}

const mostSaid = 10;

function stampOf(root: string, sources: ReadonlySet<BytePath>): string {
  return [...sources]
    .map((path) => {
      try {
        const { ino, ctimeMs } = statSync(fsPath(below(root, path)));
        return `${ino} ${ctimeMs}`;
      } catch {
        return "none";
      }
    })
    .join();
}
