import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Paths, pathsBelow } from "../config/paths.ts";

/** The folder with the rules that came with this program: beside the bundles on a server, above them in a checkout. */
const shipped = existsSync(join(import.meta.dirname, "rules"))
  ? import.meta.dirname
  : join(import.meta.dirname, existsSync(join(import.meta.dirname, "../rules")) ? ".." : "../..");

/** All places for a root folder: "/" on a server. */
export function placesBelow(root: string): Paths {
  return pathsBelow(root, shipped);
}

/** The bundle of another process of this build. */
export function bundle(
  name: "stockade" | "stockaded" | "stockade-respond" | "stockade-execute" | "stockade-integrity",
): string {
  return join(import.meta.dirname, `${name}.mjs`);
}

/** What is in the folder of an installed Stockade. */
export function installed(name: string): string {
  return join(import.meta.dirname, name);
}
