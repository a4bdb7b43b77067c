import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { BytePath } from "../entry.ts";
import { below, fsPath } from "../name.ts";
import { tried } from "./check.ts";

/** More of a file is not looked at: settings and cron entries are short. */
const mostBytes = 1024 * 1024;
const plain = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** What a plain file holds, one character a byte; undefined where there is none that can be read. */
export function textOf(
  root: string,
  path: BytePath,
  links: "followed" | "refused" = "followed",
): string | undefined {
  const flags = links === "followed" ? plain : plain | constants.O_NOFOLLOW;
  const file = tried(() => openSync(fsPath(below(root, path)), flags), -1);
  if (file < 0) return undefined;
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return undefined;
    // What the kernel makes as it is read has no size.
    const bytes = Buffer.alloc(Math.min(Math.max(stats.size, 65_536), mostBytes));
    return bytes.toString("latin1", 0, readSync(file, bytes));
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** No line of a setting is longer. */
const longestLine = 4096;

export function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.slice(0, longestLine).replace(/\r$/, ""));
}
