import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { inject } from "vitest";
import { put } from "./hosts.ts";
import { makePackage } from "./setup.ts";

/** Copies the package of this checkout, or one with another version, into a folder of the server. Returns its path there. */
export async function bringPackage(folder: string, version?: string): Promise<string> {
  if (version === undefined) return await bring(inject("package"), folder);
  const output = await mkdtemp(join(tmpdir(), "stockade-package-"));
  try {
    return await bring(await makePackage(output, "--version", version), folder);
  } finally {
    await rm(output, { recursive: true });
  }
}

async function bring(file: string, folder: string): Promise<string> {
  const path = join(folder, basename(file));
  await put(file, path);
  return path;
}
