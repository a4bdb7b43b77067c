import { readdirSync } from "node:fs";
import type { BytePath } from "./entry.ts";
import { below, bytePath, childOf, fsPath } from "./name.ts";

/** A path of the settings, part by part: a name, or what a name must match. */
export type PathGlob = readonly (BytePath | RegExp)[];

/** As glob(7) has it, for names between slashes: *, ?, [a-z], [!a-z]; none of them takes a dot at the start of a name. */
export function globOf(path: string): PathGlob {
  return bytePath(path)
    .split("/")
    .filter((part) => part !== "")
    .map(partOf);
}

export function matchesPart(part: BytePath | RegExp | undefined, name: BytePath): boolean {
  if (part === undefined) return false;
  return typeof part === "string" ? part === name : part.test(name);
}

/** Every path that is there and matches, and the folders that were looked into on the way. */
export function expandGlob(
  root: string,
  glob: PathGlob,
): { paths: BytePath[]; passed: BytePath[] } {
  let paths: BytePath[] = ["/"];
  const passed: BytePath[] = [];
  for (const part of glob) {
    passed.push(...paths);
    paths = paths.flatMap((folder) =>
      typeof part === "string"
        ? [childOf(folder, part)]
        : namesIn(root, folder)
            .filter((name) => part.test(name))
            .map((name) => childOf(folder, name)),
    );
  }
  return { paths, passed };
}

function partOf(part: BytePath): BytePath | RegExp {
  if (!/[*?[]/.test(part)) return part;
  const source = part.replace(
    /\[(!?)([^\]/]+)\]|[\s\S]/g,
    (character, not?: string, inside?: string) => {
      if (inside !== undefined) return `[${not ? "^" : ""}${inside.replace(/[\\\]^[]/g, "\\$&")}]`;
      if (character === "*") return "[^]*";
      return character === "?" ? "[^]" : character.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    },
  );
  const noDot = /^[*?[]/.test(part) ? "(?!\\.)" : "";
  return new RegExp(`^${noDot}${source.replace(/(?:\[\^\]\*)+/g, "[^]*")}$`);
}

/** None where there is no such folder. */
export function namesIn(root: string, folder: BytePath): BytePath[] {
  try {
    return readdirSync(fsPath(below(root, folder)), "latin1");
  } catch {
    // Not there, or no folder: nothing matches. One that cannot be read is told when it is walked.
    return [];
  }
}
