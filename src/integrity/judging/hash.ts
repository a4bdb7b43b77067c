import { createHash, hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { reasonOf } from "../../core/failure.ts";
import { longestFile, tooLong } from "../content.ts";
import type { BytePath } from "../entry.ts";
import { below, fsPath } from "../name.ts";
import { isShared, withoutOwn } from "../own-section.ts";

/** What a file holds now. */
export type Hashed =
  | { readonly is: "read"; readonly md5: string; readonly sha256: string }
  | { readonly is: "gone" }
  | { readonly is: "unreadable"; readonly reason: string };

/**
 * Reads a file once and gives both checksums: dpkg's, and that by which it is known that this is what the change was about. Links
 * are not followed, and nothing but a plain file is opened for long.
 */
export async function hashOf(root: string, path: BytePath): Promise<Hashed> {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(fsPath(below(root, path)), flags);
    try {
      return await hashFile(file, path);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    // A link stands there now: what was there is gone.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return { is: "gone" };
    return { is: "unreadable", reason: String(code ?? reasonOf(thrown)) };
  }
}

async function hashFile(file: FileHandle, path: BytePath): Promise<Hashed> {
  const stats = await file.stat();
  if (!stats.isFile()) return { is: "gone" };
  if (!isShared(path, stats.size)) return await hashOpen(file, stats.size);
  const text = withoutOwn(await file.readFile());
  if (text.length === 0) return { is: "gone" };
  return { is: "read", md5: hash("md5", text), sha256: hash("sha256", text) };
}

/** What comes behind that size was written meanwhile. */
async function hashOpen(file: FileHandle, size: number): Promise<Hashed> {
  if (size > longestFile) return { is: "unreadable", reason: tooLong };
  const [md5, sha256] = [createHash("md5"), createHash("sha256")];
  const piece = Buffer.allocUnsafe(65_536);
  for (let left = size; left > 0; ) {
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, left));
    if (bytesRead === 0) break;
    left -= bytesRead;
    md5.update(piece.subarray(0, bytesRead));
    sha256.update(piece.subarray(0, bytesRead));
  }
  return { is: "read", md5: md5.digest("hex"), sha256: sha256.digest("hex") };
}
