import * as z from "zod";
import type { Settings } from "../../config/settings.ts";
import { readHistory } from "../history/history.ts";
import type { Lines } from "../history/merge.ts";
import { readSince } from "../history/since.ts";

const Options = z.object({ since: z.string().optional(), logFormat: z.string().optional() });

/** The history in these files that the options of a command choose; the settings say how logs are written. */
export function historyOf(
  files: readonly string[],
  given: unknown,
  { localFiles }: Settings,
): Lines {
  const { since, logFormat: format } = Options.parse(given);
  const from = since === undefined ? Number.NEGATIVE_INFINITY : readSince(since, Date.now());
  return readHistory(files, { format, since: from, localFiles });
}
