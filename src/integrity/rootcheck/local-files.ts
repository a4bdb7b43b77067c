import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { BytePath, Kind } from "../entry.ts";
import { isTrouble, statOf } from "../look.ts";
import { type Mounts, readMounts, staysOut } from "../mounts.ts";
import { below, childOf, fsPath } from "../name.ts";
import { paceOf } from "../pace.ts";
import { readStamp, stampOf } from "../stamp.ts";
import { type Ground, tried } from "./check.ts";
import { ignoredBy } from "./ignored.ts";

/** A file or a folder as it was seen. */
export interface LocalFile {
  readonly path: BytePath;
  readonly kind: Kind;
  readonly mode: number;
  readonly uid: number;
  /** Whether it has capabilities; known of the baseline's files alone, to ask the others takes a program. */
  readonly isCapable?: boolean;
}

/** Where what gives rights, or hides, may lie: all but mail, databases and logs, which have many files. */
const usual = [
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/usr",
  "/etc",
  "/boot",
  "/root",
  "/home",
  "/opt",
  "/srv",
  "/tmp",
  "/var/tmp",
  "/var/www",
  "/var/spool/cron",
  "/var/lib/stockade",
  "/run",
  "/dev",
];

/** Whole systems of others, each with its own setuid programs. */
const ofContainers =
  /^\/var\/lib\/(?:docker|containerd|containers|lxc|lxd|incus|machines|flatpak|snapd)$|^\/snap$|\/\.local\/share\/containers$/;

/** Looked at in a second, as a scan of syscheck looks at what it need not read. */
const filesPerSecond = 20_000;
const page = 1000;

type Visit = (file: LocalFile) => void;

/**
 * Shows the files and folders of this machine, or of its usual places: those of the baseline as it knows them, and of the other
 * folders by a walk that takes its time. Links are not followed, what other machines and containers hold is left out.
 */
export async function eachLocalFile(ground: Ground, visit: Visit): Promise<void> {
  const { root, proc, settings } = ground;
  const isLeftOut = leftOut(ground, readMounts(join(proc, "self/mountinfo")));
  const pace = paceOf({ files: filesPerSecond, bytes: 0 });
  const walk: Walk = { ground, visit, isLeftOut, spend: () => pace.spend({ files: 1 }) };
  for (const start of settings.scanAll ? ["/"] : usual) {
    const first = seenAt(root, start);
    // /bin is a link to /usr/bin.
    if (first?.kind !== "directory") continue;
    visit(first);
    await allBelow(start, walk);
  }
}

interface Walk {
  readonly ground: Ground;
  readonly visit: Visit;
  readonly isLeftOut: (path: BytePath) => boolean;
  readonly spend: () => Promise<unknown> | undefined;
}

async function allBelow(start: BytePath, walk: Walk): Promise<void> {
  const folders: BytePath[] = [start];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (walk.isLeftOut(folder)) continue;
    if (walk.ground.isWatched(folder)) await watchedBelow(folder, walk);
    else folders.push(...(await inFolder(folder, walk)));
  }
}

/** Shows what is in one folder, and returns the folders in it. */
async function inFolder(folder: BytePath, walk: Walk): Promise<BytePath[]> {
  const { root } = walk.ground;
  const folders: BytePath[] = [];
  for (const name of namesOf(root, folder)) {
    await walk.spend();
    const seen = seenAt(root, childOf(folder, name));
    if (!seen || walk.isLeftOut(seen.path)) continue;
    if (seen.kind === "directory") folders.push(seen.path);
    walk.visit(seen);
  }
  return folders;
}

function leftOut({ settings }: Ground, mounts: Mounts): (path: BytePath) => boolean {
  const isIgnored = ignoredBy(settings);
  return (path) =>
    ofContainers.test(path) ||
    (path !== "/" && staysOut(mounts, path, settings.skipNfs)) ||
    isIgnored(path);
}

async function watchedBelow(folder: BytePath, walk: Walk): Promise<void> {
  const show = shownInOrder(walk);
  let last: BytePath | undefined;
  for (;;) {
    const rows = walk.ground.watched(folder, last, page);
    for (const { path, stamp, isCapable = false } of rows)
      show({ path, ...readStamp(stamp), isCapable });
    last = rows.at(-1)?.path;
    if (rows.length < page) return;
    await turn();
  }
}

/** Shows what comes in the order of a walk, a folder before what it holds, but for what is left out and all below that. */
function shownInOrder({ visit, isLeftOut }: Walk): Visit {
  let out: BytePath | undefined;
  return (file) => {
    if (out !== undefined && file.path.startsWith(`${out}/`)) return;
    if (isLeftOut(file.path)) out = file.path;
    else visit(file);
  };
}

/** Links, pipes and sockets give nobody any rights. */
function namesOf(root: string, folder: BytePath): BytePath[] {
  const at = fsPath(below(root, folder));
  const entries = tried(() => readdirSync(at, { withFileTypes: true, encoding: "latin1" }), []);
  return entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => entry.name);
}

function seenAt(root: string, path: BytePath): LocalFile | undefined {
  const stats = statOf(root, path);
  return stats && !isTrouble(stats) ? { path, ...readStamp(stampOf(stats)) } : undefined;
}
