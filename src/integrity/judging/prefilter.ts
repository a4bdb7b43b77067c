import { existsSync } from "node:fs";
import { atMost } from "../../core/at-most.ts";
import { printable } from "../../core/printable.ts";
import { longestFile } from "../content.ts";
import type { BytePath } from "../entry.ts";
import { isTrouble, statOf } from "../look.ts";
import { below, bytePath } from "../name.ts";
import type { PackageDatabase } from "../packages/package-database.ts";
import { sumOf } from "../run.ts";
import { type Stamp, stampOf } from "../stamp.ts";
import { hashOf } from "./hash.ts";
import { recordedOf } from "./recorded.ts";

/** What a file held before a program that may do so rewrote it, in hexadecimal; or why that is not known. */
export type Undone = { readonly md5: string } | { readonly reason: string };

/** A file that is not what its package recorded. */
export interface Rewritten {
  readonly path: BytePath;
  /** What it holds now. */
  readonly md5: string;
}

/** Undoes what was done to these files; see `openPrefilter`. */
export type Undo = (files: readonly Rewritten[]) => Promise<ReadonlyMap<BytePath, Undone>>;

interface Parts {
  readonly root: string;
  readonly packages: PackageDatabase;
  /** Milliseconds for one file. */
  readonly longest?: number;
}

/** prelink(8) is named by nobody and known to everybody who has it. */
const prelink = ["/usr/sbin/prelink", "--verify"] as const;
/** Looks into a library and all that it needs: one file takes a second or so. */
const longestRun = 20_000;
const atOnce = 2;
const mostKnown = 10_000;

/** The setting's, or that of prelink where that is installed. */
function commandOf(wanted: readonly string[] | undefined, root: string) {
  return wanted ?? (existsSync(below(root, prelink[0])) ? prelink : undefined);
}

/**
 * OSSEC's `<prefilter_cmd>`: `COMMAND FILE` writes what the file held before it was rewritten. It is run without a shell and
 * without any capability, for files that are not what their package recorded, and only while the program itself is what its own
 * package recorded: what it says decides whether a change is told as an attack. What was answered once is remembered. Without a
 * command that is `wanted`, and without prelink, nothing is undone. Rejects where the package database cannot be read.
 */
export function openPrefilter({ root, packages, longest = longestRun }: Parts) {
  const known = new Map<string, Undone>();
  const workers = atMost(atOnce);
  const ask = async (command: readonly string[], { path, md5 }: Rewritten) => {
    const key = `${md5} ${command.join("\0")}\0${path}`;
    const before = known.get(key);
    if (before) return [path, before] as const;
    const stamp = stampAt(root, path);
    const held = await hashOf(root, path);
    const undone = await undoneBy(command, root, path, longest);
    // Only of the file that was hashed it says what that held: no change of one leaves its stamp as it is.
    const isSame = held.is === "read" && held.md5 === md5 && stampAt(root, path) === stamp;
    if ("md5" in undone && !isSame)
      return [path, { reason: "it was changed while that was undone" }] as const;
    if (known.size >= mostKnown) known.clear();
    known.set(key, undone);
    return [path, undone] as const;
  };
  return async (
    wanted: readonly string[] | undefined,
    files: readonly Rewritten[],
  ): Promise<ReadonlyMap<BytePath, Undone>> => {
    const command = commandOf(wanted, root);
    if (files.length === 0 || command === undefined) return new Map();
    const reason = await distrust(bytePath(command[0] ?? ""), root, packages);
    if (reason !== undefined) return new Map(files.map(({ path }) => [path, { reason }]));
    return new Map(await Promise.all(files.map((one) => workers.run(() => ask(command, one)))));
  };
}

function stampAt(root: string, path: BytePath): Stamp | undefined {
  const stats = statOf(root, path);
  return stats && !isTrouble(stats) ? stampOf(stats) : undefined;
}

/** Why a program's word is not taken; undefined where it holds what its package recorded. */
async function distrust(
  program: BytePath,
  root: string,
  packages: PackageDatabase,
): Promise<string | undefined> {
  const isGenuine = (await recordedOf(root, packages, [program])).has(program);
  return isGenuine ? undefined : `${program} was not asked: it is not what a package recorded`;
}

/** setpriv(1) is in util-linux, which every Debian has. What is not ambient no program gets that is none of root's. */
const withoutRights = ["/usr/bin/setpriv", "--ambient-caps=-all", "--no-new-privs", "--"];

async function undoneBy(
  command: readonly string[],
  root: string,
  path: BytePath,
  longest: number,
): Promise<Undone> {
  const [program = "", ...args] = command;
  const name = Buffer.from(below(root, path), "latin1").toString("utf8");
  const refused = (reason: string) => ({ reason: `${program} does not undo it: ${reason}` });
  if (bytePath(name) !== below(root, path)) return refused("its name is no UTF-8");
  const words = [...withoutRights, below(root, program), ...args, name];
  const ran = await sumOf(words, { milliseconds: longest, bytes: longestFile });
  return ran.ok ? { md5: ran.md5 } : refused(printable(ran.reason));
}
