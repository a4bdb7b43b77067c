import type { BytePath } from "../entry.ts";

/** No more changes of one kind are told one by one. */
const mostAlone = 20;

/**
 * Finds the folders that more than `mostAlone` of these paths lie in, one below each folder of "/" at most: the deepest one that
 * leaves no more than that many beside it.
 */
export function findTogether(paths: readonly BytePath[]): BytePath[] {
  return [...byPart(paths, 1).values()].filter(isMany).map((inside) => folderOf(inside));
}

function folderOf(all: readonly BytePath[]): BytePath {
  let inside = all;
  let depth = 1;
  for (let deeper = all; deeper.length > 0; depth += 1) {
    inside = deeper;
    deeper = largestBelow(inside, depth + 1);
    if (!isMany(deeper) || all.length - deeper.length > mostAlone) break;
  }
  return (inside[0] ?? "").split("/", depth + 1).join("/");
}

function largestBelow(paths: readonly BytePath[], depth: number): readonly BytePath[] {
  const parts = byPart(paths, depth);
  parts.delete("");
  return [...parts.values()].reduce((one, other) => (other.length > one.length ? other : one), []);
}

/** By the part of the path at a depth; "" where a path ends before it. */
function byPart(paths: readonly BytePath[], depth: number): Map<string, readonly BytePath[]> {
  return Map.groupBy(paths, (path) => path.split("/", depth + 1)[depth] ?? "");
}

function isMany({ length }: readonly BytePath[]): boolean {
  return length > mostAlone;
}
