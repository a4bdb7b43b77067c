import { readdirSync, type Stats } from "node:fs";
import { sortNames } from "./baseline/order.ts";
import type { Cover, Coverage } from "./cover.ts";
import type { BytePath } from "./entry.ts";
import { codeOf, faultOf } from "./fault.ts";
import { namesWhere } from "./listing.ts";
import { isTrouble, statOf } from "./look.ts";
import { type Mounts, staysOut } from "./mounts.ts";
import { below, childOf, fsPath } from "./name.ts";
import type { Trouble } from "./seen.ts";
import type { TargetNode, Targets } from "./targets.ts";

export interface Visit {
  readonly path: BytePath;
  readonly stats: Stats;
  readonly cover: Cover;
  /** Whether it was looked for by its name: that may lead through a link, which no walk follows. */
  readonly isByName?: boolean;
}

export interface WalkOptions {
  readonly root: string;
  readonly coverage: Coverage;
  readonly targets: Targets;
  readonly mounts: Mounts;
  readonly skipNfs: boolean;
  readonly onTrouble: (trouble: Trouble) => void;
}

/**
 * Visits everything that the settings want watched, each path once and in the order of `keyOf`: a folder, all that is in
 * it, then the next name. Links are visited and never followed.
 */
export function walk(options: WalkOptions): Generator<Visit> {
  return visit(options, "/", options.targets.tree, options.targets.tree.cover);
}

/** The same below one path, with how that one is watched. */
export function walkFrom(options: WalkOptions, path: BytePath, cover: Cover): Generator<Visit> {
  let node: TargetNode | undefined = options.targets.tree;
  for (const part of path.split("/")) if (part !== "") node = node?.children.get(part);
  return visit(options, path, node, cover);
}

function* visit(
  options: WalkOptions,
  path: BytePath,
  node: TargetNode | undefined,
  cover: Cover | undefined,
): Generator<Visit> {
  const { root, coverage, mounts, skipNfs } = options;
  if (coverage.isIgnored(path) || (path !== "/" && staysOut(mounts, path, skipNfs))) return;
  const stats = statOf(root, path);
  if (!stats) return;
  if (isTrouble(stats)) {
    options.onTrouble(stats);
    return;
  }
  if (cover && !coverage.isRestricted(path, cover)) yield { path, stats, cover };
  if (stats.isDirectory()) yield* inside(options, path, node, cover && coverage.deeper(cover));
}

function* inside(
  options: WalkOptions,
  folder: BytePath,
  node: TargetNode | undefined,
  cover: Cover | undefined,
): Generator<Visit> {
  // Where the folder itself is not watched, only what the settings name in it is looked for.
  const named = node?.children ?? new Map();
  const names = cover
    ? namesIn(options, folder, cover, (name) => named.has(name))
    : [...named.keys()];
  for (const name of sortNames(names)) {
    const child = node?.children.get(name);
    yield* visit(options, childOf(folder, name), child, child?.cover ?? cover);
  }
}

/** Of what is watched only in part and no deeper, nothing but that part. */
function namesIn(
  { root, coverage, onTrouble }: WalkOptions,
  folder: BytePath,
  cover: Cover,
  isNamed: (name: BytePath) => boolean,
): BytePath[] {
  const isWanted = (name: BytePath) =>
    isNamed(name) || !coverage.isRestricted(childOf(folder, name), cover);
  try {
    return coverage.deeper(cover)
      ? readdirSync(fsPath(below(root, folder)), "latin1")
      : namesWhere(root, folder, isWanted);
  } catch (thrown) {
    // Gone, or no folder any more: the next look tells.
    if (codeOf(thrown) === "ENOENT" || codeOf(thrown) === "ENOTDIR") return [];
    onTrouble({ path: folder, kind: "unreadable", reason: faultOf(thrown) });
    return [];
  }
}
