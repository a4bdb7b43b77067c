import {
  chmodSync,
  chownSync,
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
 * Makes what is in the folder `to` as it is in `from`. The folder itself stays: it may be a mount or under version control. All
 * that needs room comes first; broken off, it can be done again.
 */
export async function putFolder(from: string, to: string): Promise<void> {
  const coming = join(to, staging);
  try {
    await copyTree(from, coming);
    moveInto(coming, to);
    await sync(to);
  } catch (thrown) {
    throw inWords(from, thrown);
  } finally {
    rmSync(coming, { recursive: true, force: true });
  }
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

function moveInto(coming: string, to: string): void {
  const wanted = new Set(namesIn(coming));
  for (const name of wanted) moveOne(join(coming, name), join(to, name));
  for (const name of namesIn(to)) {
    if (!wanted.has(name)) rmSync(join(to, name), { recursive: true, force: true });
  }
  giveMode(coming, to);
}

function moveOne(from: string, to: string): void {
  const found = lstatSync(to, { throwIfNoEntry: false });
  const isFolder = lstatSync(from).isDirectory();
  if (isFolder && found?.isDirectory()) moveInto(from, to);
  else {
    if (found && (isFolder || found.isDirectory())) rmSync(to, { recursive: true });
    renameSync(from, to);
  }
}
