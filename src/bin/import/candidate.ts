import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Paths } from "../../config/paths.ts";
import { replaceText } from "../commands/write.ts";
import { copyFolder } from "../settings-copy.ts";

/** A copy of the settings folder in which an import is tried. */
export interface Candidate {
  /** The same places, but for what is in the copy. */
  readonly paths: Paths;
  put(file: string, text: string): void;
  drop(file: string): void;
}

/** Runs `use` with such a copy, and removes it. */
export async function withCandidate<T>(paths: Paths, use: (candidate: Candidate) => T): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), "stockade-import-"));
  const folder = join(parent, "etc");
  try {
    await copyFolder(paths.settingsFolder, folder);
    const put = (file: string, text: string) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    };
    return use({
      paths: placesIn(paths, folder),
      put,
      drop: (file) => rmSync(join(folder, file), { force: true }),
    });
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function placesIn(paths: Paths, folder: string): Paths {
  const moved = (path: string) => join(folder, path.slice(paths.settingsFolder.length));
  return {
    ...paths,
    settingsFolder: folder,
    settings: moved(paths.settings),
    localRules: moved(paths.localRules),
    localDecoders: moved(paths.localDecoders),
    lists: moved(paths.lists),
    executables: moved(paths.executables),
  };
}

/** Writes the files below the settings folder, each whole or not at all; they belong to whom the settings belong. */
export function writeFiles(
  { settings, settingsFolder }: Paths,
  files: ReadonlyMap<string, string>,
): void {
  const { uid, gid, mode } = statSync(settings);
  for (const [file, text] of files) {
    const path = join(settingsFolder, file);
    makeFolders(dirname(path), settingsFolder);
    replaceText(path, text, mode & 0o777, { uid, gid });
  }
}

function makeFolders(folder: string, settingsFolder: string): void {
  if (folder === settingsFolder) return;
  makeFolders(dirname(folder), settingsFolder);
  const { uid, gid, mode } = statSync(settingsFolder);
  try {
    mkdirSync(folder);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return;
    throw thrown;
  }
  chownSync(folder, uid, gid);
  chmodSync(folder, mode & 0o777);
}

export function textOf(path: string): string {
  return readFileSync(path, "utf8");
}
