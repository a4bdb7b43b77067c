import { mkdir, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Block } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { gather } from "./gather.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Where the live blocks outlast the process. */
export interface BlocksFile {
  /** What was saved last. A file that cannot be read is set aside with an error; then there are none. */
  load(): Promise<Block[]>;
  /** Saves what `blocks` says when its turn comes. Never rejects. Rests between two writes, so that a burst costs few. */
  save(blocks: () => readonly Block[]): Promise<void>;
}

const Saved = z.strictObject({ version: z.literal(1), blocks: z.array(Block) });

/** `restMilliseconds` is the least time between two writes of the whole file. */
export function blocksFile(path: string, log: Log, restMilliseconds = 200): BlocksFile {
  let restUntil = Number.NEGATIVE_INFINITY;
  const { ask } = gather<() => readonly Block[]>(async (asked) => {
    const early = restUntil - performance.now();
    if (early > 0) await sleep(early);
    const begunAt = performance.now();
    try {
      await write(path, asked.at(-1)?.() ?? []);
    } catch (error) {
      log.error(`cannot save the blocks in "${path}": ${reasonOf(error)}`);
    }
    // Thousands of blocks take their time to write; spend no more than a tenth of it on that.
    const tookMilliseconds = performance.now() - begunAt;
    restUntil = performance.now() + Math.max(restMilliseconds, 9 * tookMilliseconds);
  });
  return { load: () => load(path, log), save: ask };
}

async function write(path: string, blocks: readonly Block[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const owner = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, mode: 0o600 };
  await writeAtomically(path, `${JSON.stringify({ version: 1, blocks })}\n`, owner);
}

async function load(path: string, log: Log): Promise<Block[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") log.error(`cannot read the blocks in "${path}": ${error.message}`);
    return undefined;
  });
  if (text === undefined) return [];
  try {
    return Saved.parse(JSON.parse(text)).blocks;
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error);
    await setAside(path, reason.split("\n")[0] ?? "", log);
    return [];
  }
}

async function setAside(path: string, reason: string, log: Log): Promise<void> {
  log.error(
    `"${path}" is damaged (${reason}), kept as "${path}.corrupt": blocks of before are forgotten, the kernel ends them on time`,
  );
  await rename(path, `${path}.corrupt`).catch((error: unknown) => log.error(reasonOf(error)));
}
