import { existsSync, readdirSync, statSync } from "node:fs";
import {
  type FollowedLog,
  isCommandLog,
  isFollowedLog,
  type LocalFile,
} from "../config/local-file.ts";
import type { Log } from "../core/log.ts";
import type { Source } from "../core/source.ts";
import { followFindings } from "./findings.ts";
import { followCommand } from "./follow-command.ts";
import { decodedAs, joinerOf } from "./join/formats.ts";
import { isPattern } from "./locations/expand.ts";
import { followPattern } from "./locations/follow-pattern.ts";
import { followFile } from "./logs/file.ts";
import { followJournal, journalctl } from "./logs/journal.ts";
import type { Positions } from "./logs/positions.ts";
import { type Machine, planReading } from "./reading-plan.ts";

interface SourcesOptions {
  readonly positions: Positions;
  /** The socket of the integrity process. */
  readonly findings?: string;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** What this machine has; tests say what they like. */
  readonly machine?: Machine;
}

/**
 * Opens a source for each log and each command of the settings. Where the journal stands in for syslog's usual files, it
 * does so until other settings are read: a file that appears later would hold the same messages. Any other file that is
 * missing is waited for. Throws a `Failure` where a pattern of the settings cannot be compiled.
 */
export function openSources(localFiles: readonly LocalFile[], options: SourcesOptions): Source[] {
  const { log, clock, findings, machine = thisMachine } = options;
  const logs = localFiles.filter(isFollowedLog);
  const { files, replaced, selection } = planReading(logs, machine);
  if (replaced.length > 0) log.info(`the journal stands in for ${replaced.join(", ")}`);

  forgetPlaces(options.positions, { replaced, isJournalRead: selection !== undefined });
  const onlyFuture = logs.some((one) => one.logFormat === "journald" && one.onlyFutureEvents);
  const taken = new Set(files.map(({ location }) => location));
  return [
    ...files.map((file) => sourceOf(file, taken, options)),
    ...(selection ? [followJournal({ ...options, selection, onlyFuture })] : []),
    ...localFiles.filter(isCommandLog).map((settings) => followCommand({ ...options, settings })),
    ...(findings ? [followFindings({ path: findings, clock })] : []),
  ];
}

/** What the journal or the files have given meanwhile must not come again when it is the other's turn. */
function forgetPlaces(
  positions: Positions,
  { replaced, isJournalRead }: { replaced: readonly string[]; isJournalRead: boolean },
): void {
  for (const path of replaced) positions.forget(`file:${path}`);
  if (!isJournalRead) positions.forget("journald");
}

function sourceOf(log: FollowedLog, taken: Set<string>, options: SourcesOptions): Source {
  const { location, onlyFutureEvents: onlyFuture } = log;
  const format = decodedAs(log);
  const openJoiner = joinerOf(log);
  const follow = (path: string, from?: "end" | "start") =>
    followFile({
      ...options,
      path,
      format,
      onlyFuture,
      ...(from && { from }),
      ...(openJoiner && { openJoiner: () => openJoiner(path) }),
    });
  if (!isPattern(location)) return follow(location);
  return followPattern({ ...options, location, follow, taken, onlyFuture });
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
