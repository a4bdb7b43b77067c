import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Block } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { gather } from "./gather.ts";
import { readKept, writeKept } from "./kept.ts";

/** Where the live blocks outlast the process. */
export interface BlocksFile {
  /** What was saved last. A file that cannot be read is set aside with an error; then there are none. */
  load(): Promise<Block[]>;
  /** Saves what `blocks` says when its turn comes. Never rejects. Rests between two writes, so that a burst costs few. */
  save(blocks: () => readonly Block[]): Promise<void>;
}

const kept = {
  schema: z.strictObject({ version: z.literal(1), blocks: z.array(Block) }),
  loss: "blocks of before are forgotten, the kernel ends them on time",
};

/** `restMilliseconds` is the least time between two writes of the whole file. */
export function blocksFile(path: string, log: Log, restMilliseconds = 200): BlocksFile {
  let restUntil = Number.NEGATIVE_INFINITY;
  const { ask } = gather<() => readonly Block[]>(async (asked) => {
    const early = restUntil - performance.now();
    if (early > 0) await sleep(early);
    const begunAt = performance.now();
    try {
      await writeKept(path, { version: 1, blocks: asked.at(-1)?.() ?? [] });
    } catch (error) {
      log.error(`cannot save the blocks in "${path}": ${reasonOf(error)}`);
    }
    // Thousands of blocks take their time to write; spend no more than a tenth of it on that.
    const tookMilliseconds = performance.now() - begunAt;
    restUntil = performance.now() + Math.max(restMilliseconds, 9 * tookMilliseconds);
  });
  return { load: async () => (await readKept(path, kept, log))?.blocks ?? [], save: ask };
}
