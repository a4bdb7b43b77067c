import { readFileSync } from "node:fs";
import { z } from "zod";

/** Root's note that settings came back, because nobody confirmed those after them. */
const RolledBack = z.strictObject({ version: z.literal(1), at: z.number(), kept: z.string() });

/** Longer ago than this, the daemon that ran then has told it. */
const freshMilliseconds = 120_000;

/** Says each such note once. `path` is root's; `clock` in milliseconds since 1970. */
export function openRolledBack(path: string, clock: () => number): () => string | undefined {
  let told = clock() - freshMilliseconds;
  return () => {
    const note = readNote(path);
    if (!note || note.at <= told) return undefined;
    told = note.at;
    return (
      "stockade: the settings were not confirmed, those of before are in force again; " +
      `the others are in ${note.kept}`
    );
  };
}

function readNote(path: string): z.infer<typeof RolledBack> | undefined {
  try {
    return RolledBack.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // Nothing has come back since the machine started.
    return undefined;
  }
}
