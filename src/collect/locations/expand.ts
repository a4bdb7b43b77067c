import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { strftime } from "../../config/strftime.ts";
import { isRotated, tried } from "../logs/siblings.ts";
import { nameMatcher } from "./name-matcher.ts";

/** Whether a location stands for files whose names must be found out: glob(7) and strftime(3). */
export function isPattern(location: string): boolean {
  return /[*?[%]/.test(location);
}

/**
 * The files that a location means at this time: those that match its `*`, `?` and `[…]`, of their newest at most `most`;
 * or the one that its date gives, there or not. Left out is what a rotation made of another log, `known` ones included,
 * because that is read as part of it, and what is compressed.
 */
export function expand(
  location: string,
  now: Date,
  known: readonly string[],
  most: number,
): string[] {
  const dated = location.includes("%") ? strftime(location, now) : location;
  if (!/[*?[]/.test(dated)) return [dated];
  const [, ...parts] = dated.split("/");
  const found = parts.reduce<string[]>(
    (folders, part, index) =>
      folders.flatMap((folder) => within(folder, part, index === parts.length - 1)),
    ["/"],
  );
  const logs = found.filter((path) => !isCompressed(path));
  const all = [...new Set([...logs, ...known])];
  return newest(
    logs.filter((path) => !all.some((log) => isRotationOf(path, log))),
    most,
  );
}

/** Why nothing is found where a pattern looks first; undefined where the folder can be listed, or is not there. */
export function obstacleTo(location: string): string | undefined {
  const fixed = location.split("/").findIndex((part) => isPattern(part));
  const folder = location.split("/").slice(0, fixed).join("/") || "/";
  const { problem } = tried(() => readdirSync(folder));
  return problem && `cannot read "${folder}": ${problem}`;
}

/** What in a folder bears a name that matches, as paths; where nothing is open in the name, it is not looked for. */
function within(folder: string, part: string, isLast: boolean): string[] {
  if (!/[*?[]/.test(part)) {
    const path = join(folder, part);
    return isLast && !isFile(path) ? [] : [path];
  }
  const matches = nameMatcher(part);
  const names = namesIn(folder).filter(matches);
  const paths = names.map((name) => join(folder, name));
  return isLast ? paths.filter(isFile) : paths;
}

function isCompressed(path: string): boolean {
  return /\.(?:gz|bz2|xz|zst|lz4|Z)$/.test(path);
}

function isRotationOf(path: string, log: string): boolean {
  return path !== log && dirname(path) === dirname(log) && isRotated(basename(path), basename(log));
}

function newest(paths: readonly string[], most: number): string[] {
  if (paths.length <= most) return [...paths];
  const dated = paths.map((path) => ({ path, at: modifiedAt(path) }));
  return dated
    .toSorted((a, b) => b.at - a.at)
    .slice(0, most)
    .map(({ path }) => path);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // No folder, or not for us: it holds nothing that could be read.
    return [];
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch (thrown) {
    // Gone since it was listed, or a link that leads nowhere. Where it cannot be told, who follows it says why.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EACCES";
  }
}

function modifiedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    // Gone since it was listed.
    return 0;
  }
}
