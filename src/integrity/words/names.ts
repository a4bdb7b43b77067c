import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../core/printable.ts";
import type { Names } from "./attributes.ts";

/** Reads who has which number, once. What has no name is told by its number. */
export function readNames(root: string): Names {
  const users = rows(join(root, "etc/passwd"));
  const groups = rows(join(root, "etc/group"));
  return {
    user: (uid) => users.get(uid) ?? String(uid),
    group: (gid) => groups.get(gid) ?? String(gid),
  };
}

function rows(path: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  try {
    for (const line of readFileSync(path, "utf8").split("\n")) {
      const [name = "", , number = ""] = line.split(":");
      const id = Number(number);
      if (/^\d+$/.test(number) && !names.has(id)) names.set(id, printable(name.slice(0, 64)));
    }
  } catch {
    // Numbers will do.
  }
  return names;
}
