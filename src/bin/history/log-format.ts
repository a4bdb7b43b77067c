import { basename, resolve } from "node:path";
import type { Place } from "../../collect/join/entries.ts";
import { decodedAs, joinerOf } from "../../collect/join/formats.ts";
import type { Joiner } from "../../collect/join/joiner.ts";
import { nameMatcher } from "../../collect/locations/name-matcher.ts";
import {
  type FollowedLog,
  isFollowedLog,
  LocalFile,
  logFormatNames,
} from "../../config/local-file.ts";
import type { LogFormat } from "../../core/event.ts";
import { Failure } from "../../core/failure.ts";

/** How a log is to be read. */
export interface HistoryLog {
  /** What its events say they come from. */
  readonly location: string;
  readonly format: LogFormat;
  /** Makes entries of lines; undefined where each line is one. */
  readonly joiner: Joiner<Place> | undefined;
}

/**
 * How the log at `path` is to be read: as `format` says where it is given, else as the settings say of the log that it is
 * or was rotated from, else as its name says. Throws a `Failure` for a format that is not known.
 */
export function logOf(
  path: string,
  { format, localFiles }: { format: string | undefined; localFiles: readonly LocalFile[] },
): HistoryLog {
  const named = format === undefined ? undefined : formatNamed(format, path);
  const log = named ?? configured(path, localFiles) ?? formatNamed(usualFormat(path), path);
  return { location: log.location, format: decodedAs(log), joiner: joinerOf(log)?.(path) };
}

/** Reads `--log-format`: a name of `<log_format>`, "multi-line:3" or "multi-line-regex:PATTERN". */
function formatNamed(text: string, location: string): FollowedLog {
  const [, logFormat = text, value = ""] = /^(multi-line(?:-regex)?): *(.+)$/s.exec(text) ?? [];
  const more = {
    "multi-line": { lines: Number(value) },
    "multi-line-regex": { begin: value, dialect: "regex", at: "--log-format" },
  };
  const extra = Object.entries(more).find(([name]) => name === logFormat)?.[1];
  const { data } = LocalFile.safeParse({ logFormat, location, ...extra });
  if (data && isFollowedLog(data)) return data;
  const names = logFormatNames.filter((name) => !unnamed.includes(name));
  throw new Failure(`the log format "${text}" is not known`, {
    hint: `formats are ${names.join(", ")}, "multi-line:3" and "multi-line-regex:PATTERN"`,
    exitCode: 64,
  });
}

const unnamed: readonly string[] = [
  "generic",
  "iis",
  "syslog-pipe",
  "multi-line-regex",
  "command",
  "full_command",
];

function configured(path: string, localFiles: readonly LocalFile[]): FollowedLog | undefined {
  const original = resolve(path).replace(/\.gz$/, "").replace(rotated, "");
  const log = localFiles.filter(isFollowedLog).find(({ location }) => isAt(location, original));
  return log && { ...log, location: original };
}

const rotated = /(?:\.\d{1,4}|-\d{8}(?:-\d+)?|\.old)$/;

/** Whether a location of the settings, which may hold `*`, `?`, `[…]` and parts of a date, means that path. */
function isAt(location: string, path: string): boolean {
  const wanted = location.replace(/%[A-Za-z]/g, "*").split("/");
  const found = path.split("/");
  return (
    wanted.length === found.length &&
    wanted.every((part, index) => part === found[index] || nameMatcher(part)(found[index] ?? ""))
  );
}

function usualFormat(path: string): string {
  const name = basename(path);
  if (/^fast\.log/.test(name)) return "snort-fast";
  if (/\.gnmap/.test(name)) return "nmapg";
  return /^eve.*\.json/.test(name) ? "eve" : "syslog";
}
