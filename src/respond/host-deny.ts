import { readFile, readlink, realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Block, isWide } from "../core/block.ts";
import { deniedIn, withDenied } from "../core/deny-section.ts";
import { Failure, reasonOf } from "../core/failure.ts";
import { type Network, overlaps, parseNetwork } from "../core/network.ts";
import { ownTurn } from "./firewall.ts";
import type { Response } from "./response.ts";
import { type Ownership, writeAtomically } from "./write-atomically.ts";

/**
 * Denies blocked networks in /etc/hosts.deny, for servers that ask libwrap. What is in the file when every process of
 * ours is dead stays there: libwrap knows no time. The next start takes away what has ended.
 */
export function hostDeny(path: string): Response {
  const write = async (live: readonly Block[]) => {
    try {
      return await deny(path, live);
    } catch (error) {
      throw new Failure(`cannot write "${path}": ${reasonOf(error)}`, {
        exitCode: 69,
        cause: error,
      });
    }
  };
  return {
    name: "host-deny",
    families: [4, 6],
    refusal: () => undefined,
    apply: async (_changes, live) => {
      await write(live());
    },
    reconcile: (live, turn = ownTurn) =>
      turn.take(async () => ((await write(live())) ? [path] : [])),
    async held(wanted) {
      const { text } = await whatIsThere(path);
      const networks = deniedIn(text).filter((network) => isIn(network, wanted));
      return networks.map((network) => ({ response: "host-deny", network }));
    },
  };
}

function isIn(text: string, wanted: Network): boolean {
  if (text === wanted.text) return true;
  // One address or /64 alone is another one, and reading ten thousand takes long.
  if (!isWide(wanted) && !text.includes("/") && !text.includes(":")) return false;
  const network = parseNetwork(text);
  return network !== undefined && overlaps(network, wanted);
}

/** Returns whether the file had to be changed. */
async function deny(path: string, live: readonly Block[]): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const file = await whatIsThere(path);
    const wanted = withDenied(
      file.text,
      live.map((block) => block.network),
    );
    if (wanted === file.text) return false;
    // The admin's editor may have saved in the meantime; then look again, but not for ever.
    if (attempt < 5 && (await stampOf(file.path)) !== file.stamp) continue;
    await writeAtomically(file.path, wanted, file.owner);
    return true;
  }
}

interface Found {
  readonly path: string;
  readonly text: string;
  readonly owner: Ownership;
  readonly stamp: string;
}

async function whatIsThere(link: string): Promise<Found> {
  const path = await target(link);
  const stamp = await stampOf(path);
  if (stamp === "absent") return { path, text: "", owner: ourOwn(), stamp };
  return { path, text: await readFile(path, "latin1"), owner: await stat(path), stamp };
}

function ourOwn(): Ownership {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, mode: 0o644 };
}

/** Where a link leads, so that the link stays one; also when there is nothing there yet. */
async function target(link: string): Promise<string> {
  try {
    return await realpath(link);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    // Not a link, or nothing at all: then the name itself is the place.
    const to = await readlink(link).catch(() => link);
    return resolve(dirname(link), to);
  }
}

async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    if (isAbsent(error)) return "absent";
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
