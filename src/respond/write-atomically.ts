import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Who owns a file and who may do what with it. */
export interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/**
 * Replaces a file so that a reader, or a server that lost its power, finds the old text or the new one and never
 * half of it. `text` is written byte for byte from latin1. Rejects with the system's error; the old file then stands.
 */
export async function writeAtomically(
  path: string,
  text: string | Iterable<string>,
  owner: Ownership,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.stockade`);
  // A killed predecessor may have left one behind.
  await rm(temporary, { force: true });
  try {
    await writeNew(temporary, text, owner);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

async function writeNew(
  path: string,
  text: string | Iterable<string>,
  owner: Ownership,
): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text, "latin1");
    const { uid, gid } = await file.stat();
    // In the sandbox nobody may give files away; a file of root's own needs no giving.
    if (uid !== owner.uid || gid !== owner.gid) await file.chown(owner.uid, owner.gid);
    await file.chmod(owner.mode & 0o7777);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
