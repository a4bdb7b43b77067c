import type { BytePath } from "../entry.ts";

/**
 * A path as a key whose order is that of a walk: a folder, then all that is in it, then the next name. A slash sorts
 * before everything that a name may hold, so the two lowest bytes that it may hold are written as two.
 */
export function keyOf(path: BytePath): string {
  const escaped = isAwkward(path)
    ? path.replaceAll("\u0002", "\u0002\u0002").replaceAll("\u0001", "\u0002\u0003")
    : path;
  return escaped.replaceAll("/", "\u0001");
}

export function pathOf(key: string): BytePath {
  const path = key.replaceAll("\u0001", "/");
  if (!path.includes("\u0002")) return path;
  // What was one byte becomes that again, from the left: an escape is never read from its middle.
  const [first = "", ...others] = path.split("\u0002\u0002");
  const unescaped = [first, ...others].map((part) => part.replaceAll("\u0002\u0003", "\u0001"));
  return unescaped.join("\u0002");
}

function isAwkward(name: string): boolean {
  return name.includes("\u0001") || name.includes("\u0002");
}

/** Sorts names of one folder as a walk takes them. */
export function sortNames(names: string[]): string[] {
  if (!names.some((name) => isAwkward(name))) return names.sort();
  const keys = names.map((name) => keyOf(name)).sort();
  return keys.map((key) => pathOf(key));
}

/** The keys of all that is below a folder lie between these two. */
export function keysBelow(folder: BytePath): { first: string; end: string } {
  const key = folder === "/" ? "" : keyOf(folder);
  return { first: `${key}\u0001`, end: `${key}\u0002` };
}
