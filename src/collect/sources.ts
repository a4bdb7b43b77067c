import type { LocalFile } from "../config/settings.ts";
import type { Log } from "../core/log.ts";
import type { Source } from "../core/source.ts";
import { followFile } from "./logs/file.ts";
import type { Positions } from "./logs/positions.ts";

interface SourcesOptions {
  readonly positions: Positions;
  readonly log: Log;
  readonly clock: () => number;
}

/** Opens a source for each log of the settings. */
export function openSources(localFiles: readonly LocalFile[], options: SourcesOptions): Source[] {
  return localFiles.map(({ location, logFormat }) =>
    followFile({ path: location, format: logFormat, ...options }),
  );
}
