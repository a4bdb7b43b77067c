import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import type { LocalFile } from "../config/settings.ts";
import type { Log } from "../core/log.ts";
import type { Source } from "../core/source.ts";
import { followFile } from "./logs/file.ts";
import { followJournal, journalctl } from "./logs/journal.ts";
import type { Selection } from "./logs/journal-selection.ts";
import type { Positions } from "./logs/positions.ts";
import { facilitiesOf, isUsualLog } from "./usual-logs.ts";

interface SourcesOptions {
  readonly positions: Positions;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** What this machine has; tests say what they like. */
  readonly machine?: Machine;
}

interface Machine {
  isMissing(path: string): boolean;
  hasJournal(): boolean;
}

/**
 * Opens a source for each log of the settings. Where syslog's usual files do not exist because there is no syslog daemon,
 * one journal source stands in for all of them, until the settings are read again: a file that appears later would hold
 * the same messages. Any other file that is missing is waited for.
 */
export function openSources(localFiles: readonly LocalFile[], options: SourcesOptions): Source[] {
  const { log, machine = thisMachine } = options;
  const logs = localFiles.filter(({ logFormat }) => logFormat !== "journald");
  const paths = [...new Set(logs.map(({ location }) => location))];
  const absent = paths.filter((path) => isUsualLog(path) && machine.isMissing(path));
  const replaced = absent.length > 0 && machine.hasJournal() ? absent : [];
  if (replaced.length > 0) log.info(`the journal stands in for ${replaced.join(", ")}`);

  const selection = selectionOf(localFiles, replaced, paths);
  const followed = logs.filter(
    ({ location }, index) =>
      !replaced.includes(location) &&
      logs.findIndex((other) => other.location === location) === index,
  );
  return [
    ...followed.map(({ location, logFormat }) =>
      /^\/[^*?[%]*$/.test(location)
        ? followFile({ ...options, path: location, format: logFormat })
        : refused(location, log),
    ),
    ...(selection ? [followJournal({ ...options, selection })] : []),
  ];
}

/** What one journal source must give for all that ask for the journal and all it stands in for. */
function selectionOf(
  localFiles: readonly LocalFile[],
  replaced: readonly string[],
  paths: readonly string[],
): Selection | undefined {
  const names = localFiles.flatMap((file) => (file.logFormat === "journald" ? file.location : []));
  if (names.length + replaced.length === 0) return undefined;
  const present = paths.filter((path) => !replaced.includes(path));
  return {
    all: names.some((name) => name === "all" || name.startsWith("/")),
    identifiers: names,
    facilities: facilitiesOf(replaced, present),
  };
}

/** A location that cannot be followed is shown as a source in trouble and holds up no other. */
function refused(location: string, log: Log): Source {
  const why = location.startsWith("/")
    ? "patterns and dates in locations are not supported yet; name each file"
    : "a location must be an absolute path";
  const problem = `cannot follow "${location}": ${why}`;
  log.warn(problem);
  return {
    name: location,
    health: () => ({
      name: location,
      state: "failed",
      lines: 0,
      cut: 0,
      lastAt: undefined,
      problem,
    }),
    async *batches(signal) {
      if (!signal.aborted) await once(signal, "abort");
      yield* [];
    },
  };
}

const thisMachine: Machine = {
  isMissing(path) {
    try {
      return statSync(path, { throwIfNoEntry: false }) === undefined;
    } catch {
      // It may be there: whoever follows it will say what is wrong.
      return false;
    }
  },
  hasJournal: () =>
    existsSync(journalctl) && ["/run/log/journal", "/var/log/journal"].some(holdsJournal),
};

/** The folder alone says little: it is also there where no journald runs. */
function holdsJournal(folder: string): boolean {
  try {
    return readdirSync(folder, { recursive: true }).some((name) => `${name}`.endsWith(".journal"));
  } catch {
    // Not there, or not for us.
    return false;
  }
}
