import { rm } from "node:fs/promises";
import * as z from "zod";
import { reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";
import { gather } from "../gather.ts";
import { readKept, writeKept } from "../kept.ts";
import { Execution } from "./execution.ts";

/** Where what is to be undone outlasts the process. There is no file while there is nothing to undo. */
export interface ExecutionsFile {
  /** What was saved last. A file that cannot be read is set aside with an error; then there is nothing. */
  load(): Promise<Execution[]>;
  /** Resolves when what `live` says is on the disk. Rejects with the system's error. */
  save(live: () => readonly Execution[]): Promise<void>;
}

const kept = {
  schema: z.strictObject({ version: z.literal(1), live: z.array(Execution) }),
  loss: "what commands have done is not undone, look at the log of active responses",
};

export function executionsFile(path: string, log: Log): ExecutionsFile {
  const { ask } = gather<() => readonly Execution[]>(async (asked) => {
    const live = asked.at(-1)?.() ?? [];
    if (live.length === 0) await rm(path, { force: true });
    else await writeKept(path, { version: 1, live });
  });
  return {
    load: async () => (await readKept(path, kept, log))?.live ?? [],
    save: (live) =>
      ask(live).catch((error: unknown) => {
        throw new Error(`cannot save "${path}": ${reasonOf(error)}`, { cause: error });
      }),
  };
}
