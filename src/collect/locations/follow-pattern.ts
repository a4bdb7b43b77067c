import type { Source, SourceHealth } from "../../core/source.ts";
import { FollowedFiles, type FollowedFilesOptions } from "./followed-files.ts";
import { mergeSources } from "./merge.ts";

interface FollowPatternOptions extends FollowedFilesOptions {
  /** How often to look for new files. */
  readonly surveyMs?: number;
}

/**
 * Follows all files that a pattern means, now and later. At the very first start those that are there are read from their
 * ends; any that comes later, while Stockade runs or not, from its beginning. One that goes, or whose day is over, is
 * followed a while longer.
 */
export function followPattern(options: FollowPatternOptions): Source {
  const { location, clock, surveyMs = 1000 } = options;
  let files: FollowedFiles | undefined;
  return {
    name: location,
    health: () => healthOf(location, files?.health() ?? [], files?.obstacle),
    async *batches(signal) {
      const merged = mergeSources();
      files = new FollowedFiles(options, merged.add);
      signal.addEventListener("abort", merged.ring, { once: true });
      try {
        for (let surveyedAt = Number.NEGATIVE_INFINITY; !signal.aborted; ) {
          if (Math.abs(clock() - surveyedAt) >= surveyMs) {
            surveyedAt = clock();
            files.survey(surveyedAt);
          }
          const batch = await merged.next(surveyMs);
          if (batch) yield batch;
        }
      } finally {
        signal.removeEventListener("abort", merged.ring);
        files.close();
        await merged.ended();
      }
    },
  };
}

function healthOf(
  name: string,
  files: readonly SourceHealth[],
  obstacle: string | undefined,
): SourceHealth {
  const sum = (count: (health: SourceHealth) => number) =>
    files.reduce((total, health) => total + count(health), 0);
  const times = files.flatMap(({ lastAt }) => lastAt ?? []);
  return {
    name,
    ...conditionOf(name, files, obstacle),
    lines: sum(({ lines }) => lines),
    cut: sum(({ cut }) => cut),
    skipped: sum(({ skipped = 0 }) => skipped),
    lastAt: times.length > 0 ? Math.max(...times) : undefined,
  };
}

/** A file that has gone is nothing to worry about; one that is there and gives trouble is. */
function conditionOf(
  name: string,
  files: readonly SourceHealth[],
  obstacle: string | undefined,
): Pick<SourceHealth, "state" | "problem"> {
  const present = files.filter(({ state }) => state !== "waiting");
  const { state, problem } = present.find((file) => file.problem !== undefined) ?? {};
  if (state !== undefined) return { state, problem };
  if (present.length > 0) return { state: "following", problem: undefined };
  if (obstacle !== undefined) return { state: "failed", problem: obstacle };
  return { state: "waiting", problem: `no file is there that "${name}" means` };
}
