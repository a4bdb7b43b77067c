import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import type { BytePath } from "../entry.ts";

/** What was loaded when it was last looked, and in which life of the kernel. */
export const KnownModules = z.strictObject({ boot: z.string(), names: z.array(z.string()) });
export type KnownModules = z.infer<typeof KnownModules>;

/** A module of the kernel that was not there before. */
export interface LoadedModule {
  readonly name: string;
  /** Where its file is, by the list of this kernel's modules (modules.dep); undefined where that has none of the name. */
  readonly path: BytePath | undefined;
  /** It says of itself that it is not from the kernel's own source: "O" in /proc/modules. */
  readonly isForeign: boolean;
  /** It was there at the first look after a start. */
  readonly isOfBoot: boolean;
}

export interface Modules {
  /** Those that are new since the last look. */
  look(): LoadedModule[];
  /** Forgets those, so that they are told again when they come again. */
  forgetUnloaded(names: ReadonlySet<string>): void;
  known(): KnownModules;
}

interface Means {
  readonly root: string;
  readonly proc: string;
  /** Of the last life; undefined when there was none: then nothing is new. */
  readonly before: KnownModules | undefined;
}

/** Names that are kept; a kernel has some thousand modules. */
const mostKnown = 10_000;

/**
 * Watches which modules the kernel has. Undefined where this system's files are not those of the kernel that runs, as in a
 * container: who loads modules there is the host's business.
 */
export function openModules({ root, proc, before }: Means): Modules | undefined {
  const folder = join("/lib/modules", read(join(proc, "sys/kernel/osrelease")).trim());
  const list = join(root, folder, "modules.dep");
  if (!existsSync(list)) return undefined;
  const boot = read(join(proc, "sys/kernel/random/boot_id")).trim();
  const known = new Set(before?.names);
  let isFirst = before === undefined;
  let isOfBoot = before?.boot !== boot;
  return {
    look() {
      const fresh = loadedIn(proc).filter(({ name }) => !known.has(name));
      for (const { name } of fresh.slice(0, mostKnown - known.size)) known.add(name);
      const paths = fresh.length > 0 && !isFirst ? pathsIn(list, folder) : undefined;
      const told = isFirst ? [] : fresh;
      const modules = told.map((one) => ({ ...one, path: paths?.get(one.name), isOfBoot }));
      isFirst = false;
      isOfBoot = false;
      return modules;
    },
    forgetUnloaded(names) {
      const loaded = new Set(loadedIn(proc).map(({ name }) => name));
      for (const name of names) if (!loaded.has(name)) known.delete(name);
    },
    known: () => ({ boot, names: [...known] }),
  };
}

/** See proc(5): "nf_tables 372736 54 nft_ct,nft_chain_nat, Live 0x0000000000000000 (OE)". */
function loadedIn(proc: string): { name: string; isForeign: boolean }[] {
  return read(join(proc, "modules"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({
      name: line.split(" ")[0] ?? "",
      isForeign: /\([A-Z+-]*O[A-Z+-]*\)$/.test(line),
    }));
}

/** By name; files write a hyphen where the kernel has an underscore. */
function pathsIn(list: string, folder: string): Map<string, BytePath> {
  const files = read(list)
    .split("\n")
    .map((line) => line.split(":")[0] ?? "");
  return new Map(files.map((file) => [nameOf(file), join(folder, file)]));
}

function nameOf(file: string): string {
  return basename(file)
    .replace(/\.ko(?:\.\w+)?$/, "")
    .replaceAll("-", "_");
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
