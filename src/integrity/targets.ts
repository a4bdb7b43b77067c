import type { Cover, Coverage } from "./cover.ts";
import type { BytePath } from "./entry.ts";
import { expandGlob } from "./glob.ts";
import { isTrouble, statOf } from "./look.ts";
import { followed } from "./real-name.ts";

/** Part of the tree of all paths that the settings name. */
export interface TargetNode {
  readonly children: Map<BytePath, TargetNode>;
  cover: Cover | undefined;
}

/** What the settings name, as it is there now. */
export interface Targets {
  readonly tree: TargetNode;
  /** Folders in which something that the settings name may appear, without being watched themselves. */
  readonly passed: ReadonlySet<BytePath>;
  /** Folders that links lead to which the settings name: they are watched by these names. */
  readonly linked: ReadonlySet<BytePath>;
  /** How a path is to be watched, whether it is there or not. */
  coverOf(path: BytePath): Cover | undefined;
}

export function findTargets(root: string, coverage: Coverage): Targets {
  const tree: TargetNode = { children: new Map(), cover: undefined };
  const passed = new Set<BytePath>();
  const aliases = new Map<BytePath, Cover>();
  for (const watched of coverage.all) {
    const expanded = expandGlob(root, watched.glob);
    for (const path of expanded.passed) passed.add(path);
    for (const path of expanded.paths) {
      nodeAt(tree, path).cover ??= coverage.start(watched);
      const real = linkedFolder(root, path);
      if (real !== undefined && !coverage.of(real)) aliases.set(real, coverage.start(watched));
    }
  }
  for (const [path, cover] of aliases) nodeAt(tree, path).cover ??= cover;
  const linked = new Set(aliases.keys());
  const coverOf = (path: BytePath) => coverage.of(path) ?? aliasOf(path, aliases, coverage);
  return { tree, passed, linked, coverOf };
}

function nodeAt(tree: TargetNode, path: BytePath): TargetNode {
  let node = tree;
  for (const part of path.split("/")) {
    if (part === "") continue;
    const next = node.children.get(part) ?? { children: new Map(), cover: undefined };
    node.children.set(part, next);
    node = next;
  }
  return node;
}

/** /bin is a link to usr/bin: whoever names it means the folder. The link itself is watched too. */
export function linkedFolder(root: string, path: BytePath): BytePath | undefined {
  const stats = statOf(root, path);
  if (!stats || isTrouble(stats) || !stats.isSymbolicLink()) return undefined;
  const real = followed(root, path);
  const there = real === undefined ? undefined : statOf(root, real);
  return there && !isTrouble(there) && there.isDirectory() ? real : undefined;
}

function aliasOf(
  path: BytePath,
  aliases: ReadonlyMap<BytePath, Cover>,
  coverage: Coverage,
): Cover | undefined {
  let steps = 0;
  for (let at = path; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    if (coverage.isIgnored(at)) return undefined;
    const cover = aliases.get(at);
    if (cover) return cover.depth >= steps ? { ...cover, depth: cover.depth - steps } : undefined;
    steps += 1;
  }
  return undefined;
}
