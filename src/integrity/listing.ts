import { opendirSync } from "node:fs";
import type { BytePath } from "./entry.ts";
import { below, fsPath } from "./name.ts";

/** How many entries are read at once. */
const bufferSize = 1000;

/**
 * The names in a folder that are wanted; throws where it cannot be read. One after the other: whoever owns the folder may have put a
 * million into it, and what nobody wants takes no memory.
 */
export function namesWhere(
  root: string,
  folder: BytePath,
  isWanted: (name: BytePath) => boolean,
): BytePath[] {
  const entries = opendirSync(fsPath(below(root, folder)), { encoding: "latin1", bufferSize });
  try {
    const names: BytePath[] = [];
    for (let entry = entries.readSync(); entry; entry = entries.readSync())
      if (isWanted(entry.name)) names.push(entry.name);
    return names;
  } finally {
    entries.closeSync();
  }
}
