import * as z from "zod";
import type { Names } from "../config/untouchables.ts";
import { AddressSchema } from "../core/address.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { gather } from "./gather.ts";
import { readKept, writeKept } from "./kept.ts";

/** Where the last addresses of the white list's names outlast the process: its next start may find no resolver. */
export interface NamesFile {
  /** What was saved last. A file that cannot be read is set aside with an error; then nothing is known. */
  load(): Promise<Names>;
  /** Never rejects. */
  save(names: Names): Promise<void>;
}

const kept = {
  schema: z.strictObject({
    version: z.literal(1),
    names: z.array(z.strictObject({ name: z.string(), addresses: z.array(AddressSchema) })),
  }),
  loss: "the names of the white list protect nobody until they resolve",
};

export function namesFile(path: string, log: Log): NamesFile {
  const { ask } = gather<Names>(async (asked) => {
    const names = [...(asked.at(-1) ?? [])].map(([name, addresses]) => ({ name, addresses }));
    await writeKept(path, { version: 1, names }).catch((error: unknown) =>
      log.error(`cannot save the addresses of the white list in "${path}": ${reasonOf(error)}`),
    );
  });
  return {
    async load() {
      const saved = await readKept(path, kept, log);
      return new Map(saved?.names.map(({ name, addresses }) => [name, addresses]));
    },
    save: ask,
  };
}
