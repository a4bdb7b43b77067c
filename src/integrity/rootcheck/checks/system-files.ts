import type { BytePath } from "../../entry.ts";
import { isSystemPath } from "../../judging/places.ts";
import { nameShown } from "../../name.ts";
import type { Check, Ground, Sign } from "../check.ts";
import type { KnownFile } from "../formats/rootkit-files.ts";
import { eachLocalFile, type LocalFile } from "../local-files.ts";
import { rootkitSign } from "./known-files.ts";

const mostTold = 20;
/** More than these are remembered of no kind. */
const mostKept = 1000;

/**
 * Files that give rights and are of no package, what everybody may write where programs and settings are, and files that have the
 * name of a rootkit's, wherever they are: in one walk.
 */
export const systemFiles: Check = async (ground) => {
  const rootkits = rootkitsByName(ground.signs.files);
  const { privileged, writable, named } = await sorted(ground, rootkits);
  const owned = await ground.owners([...privileged, ...named].map(({ path }) => path));
  const nobodys = (files: readonly LocalFile[]) => files.filter(({ path }) => !owned.has(path));
  return [
    ...few(nobodys(named).map(({ path }) => rootkitSign(path, rootkits.get(nameOf(path)) ?? []))),
    ...few(nobodys(privileged).map(privilegedSign)),
    ...few(writable.map(writableSign)),
  ];
};

function rootkitsByName(files: readonly KnownFile[]): ReadonlyMap<BytePath, string[]> {
  const named = new Map<BytePath, string[]>();
  for (const { path, rootkit } of files) {
    if (!path.includes("/")) named.set(path, [...(named.get(path) ?? []), rootkit]);
  }
  return named;
}

async function sorted(ground: Ground, rootkits: ReadonlyMap<BytePath, unknown>) {
  const privileged: LocalFile[] = [];
  const writable: LocalFile[] = [];
  const named: LocalFile[] = [];
  const put = (list: LocalFile[], file: LocalFile) => {
    if (list.length < mostKept) list.push(file);
  };
  await eachLocalFile(ground, (file) => {
    if (givesRights(file)) put(privileged, file);
    if (isOpen(file)) put(writable, file);
    if (rootkits.has(nameOf(file.path))) put(named, file);
  });
  return { privileged, writable, named };
}

function nameOf(path: BytePath): BytePath {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Without the right to run it, setgid is another thing (mandatory locking, see fcntl(2)). */
function givesRights({ kind, mode, isCapable }: LocalFile): boolean {
  if (kind !== "file") return false;
  return (mode & 0o4000) !== 0 || (mode & 0o2010) === 0o2010 || isCapable === true;
}

/** The sticky bit of a folder leaves others' files alone. */
function isOpen({ path, kind, mode }: LocalFile): boolean {
  if ((mode & 0o002) === 0 || (kind !== "file" && kind !== "directory")) return false;
  if (kind === "directory" && (mode & 0o1000) !== 0) return false;
  return isSystemPath(path) || /^\/(?:usr\/local|root|var\/spool\/cron)(?:\/|$)/.test(path);
}

function privilegedSign({ path, mode, uid, isCapable }: LocalFile): Sign {
  const file = nameShown(path);
  const bits = [
    mode & 0o4000 && `is setuid ${uid === 0 ? "root" : uid}`,
    mode & 0o2000 && "is setgid",
    isCapable && "has capabilities",
  ];
  const rights = bits.filter((one) => typeof one === "string").join(" and ");
  const text = `File '${file}' of no package ${rights.replace("and is", "and")}: who runs it gets more rights.`;
  return { key: `privileged ${path}`, text, kind: "privileged", file };
}

/** In OSSEC's words where it has any. */
function writableSign({ path, kind, uid }: LocalFile): Sign {
  const file = nameShown(path);
  const what = kind === "file" ? "File" : "Folder";
  const owner = uid === 0 ? "root" : `${uid}`;
  const text = `${what} '${file}' is owned by ${owner} and has write permissions to anyone.`;
  return { key: `writable ${path}`, text, kind: "suspicious", file };
}

/** What is more is told by number alone; by name when the others are gone. */
function few(signs: readonly Sign[]): readonly Sign[] {
  const [first] = signs;
  if (!first || signs.length <= mostTold) return signs;
  const text = `${signs.length - mostTold} more such files: ${first.text.replace(/^\S+ '.*' (?=of|is)/, "each ")}`;
  const { key, kind } = first;
  // Always the same ones: they are told once.
  const sorted = signs.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  return [...sorted.slice(0, mostTold), { key: `more ${key.split(" ")[0]}`, text, kind }];
}
