import { realpathSync } from "node:fs";
import type { BytePath } from "./entry.ts";
import { below, childOf, fsPath } from "./name.ts";

/** Where a path leads when all links in it are followed; undefined where that is nowhere, or outside the root. */
export function followed(root: string, path: BytePath): BytePath | undefined {
  try {
    const real = realpathSync(fsPath(below(root, path)), "latin1");
    const start = root === "/" ? "" : below(root, "");
    return real.startsWith(`${start}/`) ? real.slice(start.length) : undefined;
  } catch {
    // A link to nowhere.
    return undefined;
  }
}

/** The name of a file without links on the way to it; the file itself is not followed. */
export function realName(root: string, path: BytePath): BytePath | undefined {
  const slash = path.lastIndexOf("/");
  const folder = followed(root, path.slice(0, slash) || "/");
  return folder === undefined ? undefined : childOf(folder, path.slice(slash + 1));
}
