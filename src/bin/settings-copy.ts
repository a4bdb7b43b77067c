import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { Failure, reasonOf } from "../core/failure.ts";

/** Where files wait to be put in place, in the folder itself, so that a rename is all that is left to do. */
const staging = ".stockade-coming";
/** Others' history is none of ours. */
const leftOut: readonly string[] = [".git", staging];

/** Copies a folder with owners, modes and links. Half of a copy is never found under the name of the whole. */
export async function copyFolder(from: string, to: string): Promise<void> {
  try {
    await copyTree(from, `${to}.new`);
  } catch (thrown) {
    rmSync(`${to}.new`, { recursive: true, force: true });
    throw inWords(from, thrown);
  }
  replaceFolder(`${to}.new`, to);
}

/** Renames a folder over another one. Broken off, `recoverFolder` finds what was there. */
export function replaceFolder(from: string, to: string): void {
  recoverFolder(to);
  rmSync(`${to}.old`, { recursive: true, force: true });
  if (existsSync(to)) renameSync(to, `${to}.old`);
  renameSync(from, to);
  rmSync(`${to}.old`, { recursive: true, force: true });
}

export function recoverFolder(to: string): void {
  if (!existsSync(to) && existsSync(`${to}.old`)) renameSync(`${to}.old`, to);
}

/**
 * Makes what is in the folder `to` as it is in `from`. The folder itself stays, and what is mounted below it: that may be a disk of its
 * own. All that needs room comes first, on each disk; broken off, it can be done again.
 */
export async function putFolder(from: string, to: string): Promise<void> {
  const coming = new Map<string, string>();
  const stage = async (source: string, folder: string) => {
    coming.set(folder, join(folder, staging));
    await copyTree(source, join(folder, staging));
  };
  try {
    await stage(from, to);
    for (const [source, folder] of mountsBelow(from, to)) await stage(source, folder);
    moveInto(join(to, staging), to, coming);
    for (const folder of coming.keys()) await sync(folder);
  } catch (thrown) {
    throw inWords(from, thrown);
  } finally {
    for (const one of coming.values()) rmSync(one, { recursive: true, force: true });
  }
}

/** Throws a `Failure` where nothing could be put into the folder, as on a disk that is mounted read-only. */
export function tryToPut(to: string): void {
  const coming = join(to, staging);
  try {
    // One that was killed may have left it.
    if (!lstatSync(coming, { throwIfNoEntry: false })?.isDirectory()) mkdirSync(coming);
    rmSync(coming, { recursive: true });
  } catch (thrown) {
    throw new Failure(`what is in force now could not come back: ${reasonOf(thrown)}`, {
      hint: "make it writable, or: stockade reload, without --confirm",
      exitCode: 69,
      cause: thrown,
    });
  }
}

/** Folders of another disk below `to`, each with what is to be in it. */
function mountsBelow(from: string, to: string): [string, string][] {
  const disk = lstatSync(to).dev;
  return namesIn(from).flatMap((name): [string, string][] => {
    const [source, folder] = [join(from, name), join(to, name)];
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (!found?.isDirectory() || !lstatSync(source).isDirectory()) return [];
    const own: [string, string][] = found.dev === disk ? [] : [[source, folder]];
    return [...own, ...mountsBelow(source, folder)];
  });
}

function inWords(from: string, thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  return new Failure(`cannot copy "${from}": ${reasonOf(thrown)}`, { exitCode: 69, cause: thrown });
}

function namesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => !leftOut.includes(name));
}

async function copyTree(from: string, to: string): Promise<void> {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { mode: 0o700 });
  const files = namesIn(from).map((name) => join(from, name));
  if (files.length > 0) await run("cp", ["-a", "--", ...files, to], `cannot copy "${from}"`);
  giveMode(from, to);
  await sync(to);
}

/** A power cut must not leave an empty file under a good name. */
async function sync(folder: string): Promise<void> {
  await run("sync", ["--file-system", folder], `cannot write "${folder}"`);
}

async function run(command: string, args: readonly string[], problem: string): Promise<void> {
  const { failed, stderr } = await execa(command, args, { reject: false });
  if (failed) throw new Failure(`${problem}: ${stderr.trim()}`, { exitCode: 69 });
}

function giveMode(from: string, to: string): void {
  const { uid, gid, mode } = lstatSync(from);
  chownSync(to, uid, gid);
  chmodSync(to, mode & 0o7777);
}

/** Folders of another disk have what is to come of their own. */
function moveInto(from: string, to: string, coming: ReadonlyMap<string, string>): void {
  const wanted = new Set(namesIn(from));
  for (const name of wanted) moveOne(join(from, name), join(to, name), coming);
  for (const name of namesIn(to)) if (!wanted.has(name)) remove(join(to, name));
  giveMode(from, to);
}

function moveOne(from: string, to: string, coming: ReadonlyMap<string, string>): void {
  const found = lstatSync(to, { throwIfNoEntry: false });
  const isFolder = lstatSync(from).isDirectory();
  if (isFolder && found?.isDirectory()) moveInto(coming.get(to) ?? from, to, coming);
  else {
    if (found && (isFolder || found.isDirectory())) rmSync(to, { recursive: true });
    replaceOne(from, to);
  }
}

function replaceOne(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if (!isMounted(thrown)) throw thrown;
    // A single file that is mounted cannot be replaced, but written into.
    copyFileSync(from, to);
    giveMode(from, to);
  }
}

/** A folder that is mounted cannot go, but what is in it. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (thrown) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found?.isDirectory() || readdirSync(path).length > 0) throw thrown;
  }
}

function isMounted(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "EBUSY";
}
