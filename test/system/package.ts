import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { put } from "./hosts.ts";

const build = join(import.meta.dirname, "../../installer/package/build");

/** Makes the package of this checkout, quickly, and copies it into a folder of the server. Returns its path there. */
export async function bringPackage(folder: string, version?: string): Promise<string> {
  const output = await mkdtemp(join(tmpdir(), "stockade-package-"));
  try {
    const other = version === undefined ? [] : ["--version", version];
    const { stdout } = await execa(build, ["--quick", "--output", output, ...other]);
    const path = join(folder, basename(stdout));
    await put(stdout, path);
    return path;
  } finally {
    await rm(output, { recursive: true });
  }
}
