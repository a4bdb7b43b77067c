import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Paths } from "../config/paths.ts";
import { openSignatureNews } from "./signature-news.ts";

/** Longer ago than this, the daemon that ran then has told it. */
const freshMilliseconds = 120_000;

/** Root's note that settings came back, because nobody confirmed those after them. */
const RolledBack = z.strictObject({ version: z.literal(1), at: z.number(), kept: z.string() });

/** Root's note of how a self-test went. */
const SelfTest = z.strictObject({
  version: z.literal(1),
  at: z.number(),
  failed: z.array(z.string()),
  seconds: z.number(),
});

/** What root's commands and the update of Suricata's rules leave for the daemon to tell. Says each note once. `clock` in milliseconds since 1970. */
export function openRootNotes(
  paths: Pick<Paths, "rolledBack" | "selftestNote" | "signatureStatus">,
  clock: () => number,
): () => string[] {
  const both = [
    noteIn(paths.rolledBack, RolledBack, ({ kept }) => {
      const words = "the settings were not confirmed, those of before are in force again";
      return `stockade: ${words}; the others are in ${kept}`;
    }),
    noteIn(paths.selftestNote, SelfTest, ({ failed, seconds }) =>
      failed.length === 0
        ? `stockade: the self-test passed in ${seconds} s`
        : `stockade: the self-test failed: ${failed.join("; ")}`,
    ),
  ].map((open) => open(clock));
  const news = openSignatureNews(paths.signatureStatus, clock);
  return () => [...both.flatMap((next) => next() ?? []), ...news()];
}

function noteIn<T extends { readonly at: number }>(
  path: string,
  schema: z.ZodType<T>,
  say: (note: T) => string,
) {
  return (clock: () => number) => {
    let told = clock() - freshMilliseconds;
    return () => {
      const note = readNote(path, schema);
      if (!note || note.at <= told) return undefined;
      told = note.at;
      return say(note);
    };
  };
}

function readNote<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // Nothing was left since the machine started.
    return undefined;
  }
}
