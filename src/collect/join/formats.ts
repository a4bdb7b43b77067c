import { hostname } from "node:os";
import { type FollowedLog, isFollowedLog, type LocalFile } from "../../config/local-file.ts";
import type { LogFormat } from "../../core/event.ts";
import { Failure, reasonOf } from "../../core/failure.ts";
import { compilePattern } from "../../pattern/compile.ts";
import type { Pattern } from "../../pattern/pattern.ts";
import { audit } from "./audit.ts";
import { djbMultilog } from "./djb-multilog.ts";
import type { Place } from "./entries.ts";
import { eveAlerts } from "./eve.ts";
import { type EntryFormat, joinLines } from "./join-lines.ts";
import type { Joiner } from "./joiner.ts";
import { modsecAudit } from "./modsec-audit.ts";
import { mssqlLog } from "./mssql-log.ts";
import { multiLine } from "./multi-line.ts";
import { multiLineIndented } from "./multi-line-indented.ts";
import { multiLineRegex } from "./multi-line-regex.ts";
import { mysqlLog } from "./mysql-log.ts";
import { nmapg } from "./nmapg.ts";
import { ossecAlert } from "./ossecalert.ts";
import { postgresqlLog } from "./postgresql-log.ts";
import { snortFull } from "./snort-full.ts";

/**
 * What makes entries of the lines of this log, anew for each file; undefined where each line is an entry. Throws a
 * `Failure` where its pattern cannot be compiled.
 */
export function joinerOf(log: FollowedLog): ((path: string) => Joiner<Place>) | undefined {
  if (log.logFormat === "audit") return () => audit();
  if (log.logFormat === "multi-line") return () => joinLines(multiLine(log.lines));
  if (log.logFormat === "multi-line-regex") {
    const begin = patternOf(log);
    return () => joinLines(multiLineRegex(begin));
  }
  const open = formats[log.logFormat];
  return open && ((path) => joinLines(open(path)));
}

/** Throws a `Failure` where a log of the settings cannot be read as they say. */
export function checkLogFormats(localFiles: readonly LocalFile[]): void {
  for (const log of localFiles.filter(isFollowedLog)) joinerOf(log);
}

/** By which name decode knows what comes out: an entry that was put into words reads as a line of syslog. */
export function decodedAs({ logFormat }: FollowedLog): LogFormat {
  switch (logFormat) {
    case "mssql_log":
    case "multi-line_indented":
    case "ossecalert":
    case "djb-multilog":
      return "syslog";
    default:
      return logFormat;
  }
}

const formats: Readonly<Record<string, (path: string) => EntryFormat>> = {
  "snort-full": snortFull,
  mysql_log: mysqlLog,
  postgresql_log: () => postgresqlLog,
  mssql_log: () => mssqlLog,
  "multi-line_indented": () => multiLineIndented,
  "modsec-audit": modsecAudit,
  ossecalert: () => ossecAlert,
  nmapg: () => nmapg,
  "djb-multilog": (path) => djbMultilog(path, hostname().split(".")[0] ?? "localhost"),
  eve: () => eveAlerts,
};

function patternOf({
  begin,
  dialect,
  at,
}: Extract<LocalFile, { logFormat: "multi-line-regex" }>): Pattern {
  try {
    return compilePattern(dialect, begin);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const { hint } = thrown;
    throw new Failure(`${at}: <multiline_regex> ${reasonOf(thrown)}`, hint ? { hint } : {});
  }
}
