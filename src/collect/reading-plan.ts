import { existsSync } from "node:fs";
import type { FollowedLog } from "../config/local-file.ts";
import { expand, isPattern } from "./locations/expand.ts";
import type { Selection } from "./logs/journal-selection.ts";
import { facilitiesOf, isInSyslog, isUsualLog } from "./usual-logs.ts";

/** What this machine has. */
export interface Machine {
  isMissing(path: string): boolean;
  hasJournal(): boolean;
}

/** Which logs of the settings are read, and how, so that each message is read once. */
export interface ReadingPlan {
  readonly files: readonly FollowedLog[];
  /** Files of syslog that are missing and that the journal stands in for. */
  readonly replaced: readonly string[];
  /** What is read from the journal; undefined for nothing. */
  readonly selection: Selection | undefined;
}

/**
 * Where syslog's usual files do not exist because there is no syslog daemon, the journal stands in for all of them. Where
 * there is one, what it writes to its general log, too, is not looked for in the journal.
 */
export function planReading(logs: readonly FollowedLog[], machine: Machine): ReadingPlan {
  const files = logs.filter(({ logFormat }) => logFormat !== "journald");
  const paths = [...new Set(files.map(({ location }) => location))];
  const absent = paths.filter((path) => isUsualLog(path) && machine.isMissing(path));
  const there = paths.filter((path) => !absent.includes(path));
  const unread = absent.filter((path) => !isInSyslog(path, there));
  const replaced = machine.hasJournal() ? unread : [];
  return {
    files: files.filter(
      ({ location }, index) => !replaced.includes(location) && firstAt(files, location) === index,
    ),
    replaced,
    selection: selectionOf(logs, replaced, paths),
  };
}

function firstAt(files: readonly FollowedLog[], location: string): number {
  return files.findIndex((other) => other.location === location);
}

/** What one journal source must give for all that ask for the journal and all it stands in for. */
function selectionOf(
  logs: readonly FollowedLog[],
  replaced: readonly string[],
  paths: readonly string[],
): Selection | undefined {
  const names = logs.flatMap((file) => (file.logFormat === "journald" ? file.location : []));
  if (names.length + replaced.length === 0) return undefined;
  const present = paths.filter((path) => !replaced.includes(path));
  const auditLogs = logs.filter(({ logFormat }) => logFormat === "audit");
  return {
    all: names.some((name) => name === "all" || name.startsWith("/")),
    identifiers: names,
    facilities: facilitiesOf(replaced, present),
    isAuditElsewhere: () => auditLogs.some(({ location }) => isThere(location)),
  };
}

/** Asked for each time: auditd may be installed later. */
function isThere(location: string): boolean {
  if (!isPattern(location)) return existsSync(location);
  return expand(location, new Date(), [], 1).length > 0;
}
