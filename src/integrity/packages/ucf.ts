import { join } from "node:path";
import type { BytePath } from "../entry.ts";
import { eachLine } from "./lines.ts";
import type { Owner, RecordedFile } from "./package-database.ts";

/**
 * Settings that packages hand to ucf(1) instead of dpkg, /etc/ssh/sshd_config among them: who registered each of these
 * paths, and the checksum of the package's text when it was last taken over. No ucf is none.
 */
export async function readUcf(
  folder: string,
  wanted: ReadonlySet<BytePath>,
): Promise<ReadonlyMap<BytePath, Owner & RecordedFile>> {
  const owners = new Map<BytePath, string>();
  const sums = new Map<BytePath, string>();
  await rows(join(folder, "registry"), (name, path) => {
    if (wanted.has(path)) owners.set(path, name);
  });
  await rows(join(folder, "hashfile"), (md5, path) => {
    if (wanted.has(path)) sums.set(path, md5);
  });
  return new Map(
    [...owners].map(([path, name]) => [
      path,
      { package: name, recordedAs: path, md5: sums.get(path), conffile: true },
    ]),
  );
}

async function rows(file: string, onRow: (first: string, path: string) => void): Promise<void> {
  try {
    await eachLine(file, (line) => {
      const [, first, path] = /^(\S+)\s+(\/.*)$/.exec(line) ?? [];
      if (first !== undefined && path !== undefined) onRow(first, path.trimEnd());
    });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
