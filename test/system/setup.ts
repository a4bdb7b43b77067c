import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The package of this checkout. */
    package: string;
  }
}

const build = join(import.meta.dirname, "../../installer/package/build");

/** Makes the package of this checkout, once for all sites. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "stockade-package-"));
  project.provide("package", await makePackage(folder));
  return () => rm(folder, { recursive: true });
}

/** Makes a package, quickly, and returns its path. */
export async function makePackage(folder: string, ...flags: string[]): Promise<string> {
  const { stdout } = await execa(build, ["--quick", "--output", folder, ...flags]);
  return stdout;
}
