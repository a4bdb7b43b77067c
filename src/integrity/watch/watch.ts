import { readdirSync } from "node:fs";
import { type Cover, type Coverage, openCoverage } from "../cover.ts";
import type { BytePath } from "../entry.ts";
import { namesWhere } from "../listing.ts";
import { isTrouble, statOf } from "../look.ts";
import { readMounts, staysOut } from "../mounts.ts";
import { below, childOf, fsPath } from "../name.ts";
import { type Pace, paceOf } from "../pace.ts";
import { findTargets, linkedFolder, type TargetNode, type Targets } from "../targets.ts";
import { type Begin, openBeginning } from "./beginning.ts";
import { openCounter, queueLength } from "./counter.ts";
import { type Folder, type Folders, openFolders, pathOfFolder } from "./folders.ts";
import { type Gathering, openGathering } from "./gathering.ts";
import type { Gap, WatchOptions } from "./options.ts";

const usualTimes = { quiet: 300, longest: 2000 };

/**
 * Yields the paths under `realtime` that something happened to, each time it has become quiet. What happened before
 * `onReady` only a scan tells. A new folder is yielded with all that it holds by then.
 */
export async function* watch(options: WatchOptions): AsyncGenerator<ReadonlySet<BytePath>> {
  const { signal, times = usualTimes } = options;
  const onGap = options.onGap ?? (() => {});
  const gathering = openGathering(times, () => onGap({ kind: "overflow" }));
  const watching = openWatching(options, gathering, onGap);
  signal.addEventListener("abort", watching.end, { once: true });
  const ready = watching.begin().then(() => {
    if (!signal.aborted) options.onReady?.(watching.count);
  });
  try {
    yield* gathering.sets(signal);
  } finally {
    watching.end();
    await ready;
  }
}

/** A folder that is to be watched, with all below it. */
interface Task {
  readonly path: BytePath;
  readonly node: TargetNode | undefined;
  readonly cover: Cover | undefined;
  /** Whether it appeared while we watched: what it holds is news. */
  readonly isNew: boolean;
  /** Whether links lead there: what else the settings name below it is looked for by its own name. */
  readonly isLinked?: boolean;
}

/** What all of one watching share. */
interface Context {
  readonly options: WatchOptions;
  readonly coverage: Coverage;
  readonly folders: Folders;
  readonly gathering: Gathering;
  readonly mounts: ReturnType<typeof readMounts>;
  readonly begin: Begin;
  targets: Targets;
}

function openWatching(
  options: WatchOptions,
  gathering: Gathering,
  onGap: (gap: Gap) => void,
): { begin: () => Promise<void>; end: () => void; count: () => number } {
  const coverage = openCoverage(options.settings);
  const folders = openFolders();
  const pace = paceOf({ files: 0, bytes: 0 });
  const isTooMuch = openCounter(queueLength() / 2);
  let tasks: Task[] = [];
  let working: Promise<void> | undefined;

  const context: Context = {
    options,
    coverage,
    folders,
    gathering,
    mounts: readMounts(options.mountinfo ?? "/proc/self/mountinfo"),
    targets: findTargets(options.root, coverage),
    begin: openBeginning(options, folders, onGap, (folder, event, name) => {
      if (isTooMuch()) onGap({ kind: "overflow" });
      if (name !== null) tasks.push(...happened(context, folder, event, name));
      if (tasks.length > 0) void work();
    }),
  };
  const work = () => {
    working ??= growAll(context, tasks, pace).finally(() => {
      working = undefined;
    });
    return working;
  };
  return {
    count: folders.count,
    begin() {
      const { tree } = context.targets;
      tasks.push({ path: "/", node: tree, cover: tree.cover, isNew: false });
      for (const path of context.targets.linked) tasks.push(linkedTask(context, path, false));
      return work();
    },
    end() {
      tasks = [];
      folders.drop("/");
    },
  };
}

/** Takes note of an event; returns what is to be watched from now on. */
function happened(context: Context, folder: Folder, event: string, name: BytePath): Task[] {
  const { coverage, gathering } = context;
  const path = childOf(pathOfFolder(folder), name);
  const cover = context.targets.coverOf(path);
  const leads = coverage.leadsTo(path);
  if (cover?.realtime && !coverage.isRestricted(path, cover)) gathering.add(path);
  if (event !== "rename" || !(cover?.realtime || leads)) return [];
  const real = cover && isNamed(cover) ? linkedFolder(context.options.root, path) : undefined;
  if (real !== undefined) return foundLinked(context, real);
  if (!isNewFolder(context, path)) return [];
  // A new home: what the settings name by a pattern may be in it.
  if (leads) context.targets = findTargets(context.options.root, coverage);
  return [{ path, node: nodeOf(context.targets.tree, path), cover, isNew: true }];
}

/** Whether the settings name this one itself. */
function isNamed({ depth, watched }: Cover): boolean {
  return depth === watched.settings.depth + 1;
}

/** A link to it was laid where the settings name something: what it holds is news, unless that is watched anyway. */
function foundLinked(context: Context, real: BytePath): Task[] {
  const before = context.targets.linked;
  context.targets = findTargets(context.options.root, context.coverage);
  const { linked, passed, coverOf } = context.targets;
  const isWatched = (path: BytePath) =>
    coverOf(path) !== undefined || passed.has(path) || context.coverage.leadsTo(path);
  // Whoever may lay the link could use up all watches.
  for (const path of before) if (!isWatched(path)) context.folders.leave(path);
  return linked.has(real) ? [linkedTask(context, real, true)] : [];
}

function linkedTask({ targets }: Context, path: BytePath, isNew: boolean): Task {
  const cover = targets.coverOf(path);
  return { path, node: nodeOf(targets.tree, path), cover, isNew, isLinked: true };
}

/** Whether there is a folder that is not watched yet. What was watched there and is another by now, or gone, is let go. */
function isNewFolder({ options, folders }: Context, path: BytePath): boolean {
  const stats = statOf(options.root, path);
  const isFolder = stats !== undefined && !isTrouble(stats) && stats.isDirectory();
  const known = folders.find(path);
  const isKnown = isFolder && known?.watcher !== undefined && known.inode === stats.ino;
  if (known && !isKnown) folders.drop(path);
  return isFolder && !isKnown;
}

function nodeOf(tree: TargetNode, path: BytePath): TargetNode | undefined {
  let node: TargetNode | undefined = tree;
  for (const part of path.split("/")) if (part !== "") node = node?.children.get(part);
  return node;
}

async function growAll(context: Context, tasks: Task[], pace: Pace): Promise<void> {
  for (let task = tasks.pop(); task; task = tasks.pop()) {
    if (context.options.signal.aborted) return;
    tasks.push(...grow(context, task));
    const wait = pace.spend({});
    if (wait !== undefined) await wait;
  }
}

/** Watches one folder first and lists it then, so that nothing appears between the two unseen. */
function grow(context: Context, { path, node, cover, isNew, isLinked }: Task): Task[] {
  const { options, coverage, folders, mounts, targets } = context;
  const { root, settings } = options;
  if (coverage.isIgnored(path) || (path !== "/" && staysOut(mounts, path, settings.skipNfs)))
    return [];
  const stats = statOf(root, path);
  if (!stats || isTrouble(stats) || !stats.isDirectory()) return [];
  const inside = cover && coverage.deeper(cover);
  // Of what is in the deepest folders nothing is watched: whoever owns one could use up all watches.
  const isInside = cover?.realtime && inside;
  const isWatched = isInside || targets.passed.has(path) || coverage.leadsTo(path);
  if (isWatched) context.begin(folders.at(path), path, stats.ino);
  const names = namesFor(context, path, inside, isNew, isLinked);
  return names.map((name) => {
    const child = node?.children.get(name);
    const at = childOf(path, name);
    const own = child?.cover ?? inside ?? targets.coverOf(at);
    // What the settings name by itself is a file as often as a folder.
    if (isNew && own?.realtime) context.gathering.add(at);
    return { path: at, node: child, cover: own, isNew };
  });
}

/** What is to be watched in a folder. What is new and of no folder that is, is told. */
function namesFor(
  context: Context,
  path: BytePath,
  inside: Cover | undefined,
  isNew: boolean,
  isLinked = false,
): BytePath[] {
  const { coverage, gathering, options } = context;
  if (inside && coverage.deeper(inside)) return listed(context, path, isNew);
  if (inside && isNew) {
    const isSeen = (name: BytePath) => !coverage.isRestricted(childOf(path, name), inside);
    for (const name of wantedIn(options.root, path, isSeen)) gathering.add(childOf(path, name));
  }
  return isLinked ? [] : leading(context, path);
}

function wantedIn(root: string, folder: BytePath, isWanted: (name: BytePath) => boolean) {
  try {
    return namesWhere(root, folder, isWanted);
  } catch {
    // Gone again, or not to be read: the scan tells of that.
    return [];
  }
}

/** The folders in a folder. What is new in one that is new is told, files as well. */
function listed({ options, gathering }: Context, folder: BytePath, isNew: boolean): BytePath[] {
  try {
    const entries = readdirSync(fsPath(below(options.root, folder)), {
      encoding: "latin1",
      withFileTypes: true,
    });
    if (isNew) for (const { name } of entries) gathering.add(childOf(folder, name));
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    // Gone again, or not to be read: the scan tells of that.
    return [];
  }
}

/** What in a folder that is not watched itself leads to something that is. */
function leading({ options, coverage, targets }: Context, folder: BytePath): BytePath[] {
  if (!coverage.leadsTo(folder)) return [];
  return wantedIn(options.root, folder, (name) => {
    const path = childOf(folder, name);
    return coverage.leadsTo(path) || targets.coverOf(path) !== undefined;
  });
}
