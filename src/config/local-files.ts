import { statSync } from "node:fs";
import { Failure } from "../core/failure.ts";
import type { Findings } from "./findings.ts";
import { isCommandLog, LocalFile, logFormatNames } from "./local-file.ts";
import { whole } from "./numbers.ts";
import { readTwice } from "./read-twice.ts";
import { localFileTexts } from "./reference/logs.ts";
import { inside, optionsOf, yesNoIn } from "./section-options.ts";
import { unknownConversion } from "./strftime.ts";
import { type Element, refuse } from "./xml.ts";

/**
 * Reads a `<localfile>` and adds it to `logs`. Throws a `Failure` where it cannot be read; where it names what is read
 * already or what only Windows has, nothing is added and the findings say so.
 */
export function readLocalFile(section: Element, logs: LocalFile[], findings: Findings): void {
  const options = optionsOf(section, findings.file, localFileOptions);
  const format = options.get("log_format");
  if (!format) throw refuse(findings.file, section, "has no <log_format>");
  if (/^event(log|channel)$/.test(format)) {
    const location = options.get("location");
    findings.note(`has the log format "${format}", Windows' own: ${location} is not read`, section);
    return;
  }
  const draft = isCommand(format)
    ? commandOf(section, options, findings.file)
    : { ...followedLog(section, options, format, findings.file), ...futureOf(section, findings) };
  noteUnused(section, isCommand(format) ? forFiles : forCommands, findings);
  const log = LocalFile.parse({ logFormat: format, ...draft });
  if (logs.some((other) => isSameFile(other, log))) {
    findings.note(`names ${log.location} again: the first one counts`, section);
  } else {
    const twice = readTwice(log, logs);
    if (twice !== undefined) findings.note(twice, section);
    logs.push(log);
  }
}

type Options = ReadonlyMap<string, string>;

/** Every option of a `<localfile>`; `multiline_regex` is ours. */
export const localFileOptions = Object.keys(localFileTexts);

const forCommands = {
  command: "only the formats command and full_command run one",
  frequency: "a file is read when it changes",
  alias: "it names the output of a command",
  query: "it chooses events of Windows",
};
const forFiles = {
  location: "a command has an <alias>",
  "only-future-events": "a command has no past",
  query: forCommands.query,
  multiline_regex: "it is for the format multi-line-regex",
};

function isCommand(format: string): boolean {
  return format === "command" || format === "full_command";
}

/** A shell runs it: whoever may write to the settings may run what he likes. */
function commandOf(section: Element, options: Options, file: string) {
  const command = options.get("command");
  if (!command) throw refuse(file, section, "has no <command>");
  if (isWritableByOthers(file)) {
    throw refuse(file, section, `runs no command from a file that others may write to`, owned);
  }
  const frequency = options.get("frequency") ?? "360";
  const seconds = inside(section, file, "frequency", () => secondsIn(frequency));
  return { command, location: options.get("alias") || command, seconds };
}

const owned = "the settings must belong to root, and only root may write to them";

function isWritableByOthers(file: string): boolean {
  const { uid, mode } = statSync(file);
  return (mode & 0o022) !== 0 || (uid !== 0 && uid !== process.getuid?.());
}

/** In seconds; setTimeout knows no longer time. */
const longestTimer = 2_147_483;

function secondsIn(value: string): number {
  if (value === "hourly") return 3600;
  if (value === "daily") return 86_400;
  return whole(value, 1, longestTimer);
}

function followedLog(section: Element, options: Options, format: string, file: string) {
  const location = options.get("location");
  if (!location) throw refuse(file, section, "has no <location>");
  inside(section, file, "location", () => checkLocation(location, format));
  if (format === "multi-line-regex") return { location, ...regexOf(section, file) };
  if (options.has("multiline_regex")) {
    throw refuse(file, section, "has a <multiline_regex>, which is for multi-line-regex only");
  }
  return { location, ...inside(section, file, "log_format", () => formatOf(format)) };
}

function checkLocation(location: string, format: string): void {
  if (format === "journald") return;
  if (!location.startsWith("/")) throw new Failure(`is "${location}", expected an absolute path`);
  if (format === "djb-multilog" && !/^\/.*[^/]\/current$/.test(location)) {
    throw new Failure(`is "${location}", expected a path that ends in /PROGRAM/current`);
  }
  const unknown = unknownConversion(location);
  if (unknown === undefined) return;
  throw new Failure(`is "${location}", and "${unknown}" is no part of a date`, {
    hint: "a percent sign in the name of a file is written %%",
  });
}

function regexOf(section: Element, file: string) {
  const regex = section.children.findLast(({ name }) => name === "multiline_regex");
  const begin = regex?.text.trim();
  if (!regex || !begin) throw refuse(file, section, "has no <multiline_regex>");
  const dialect = regex.attributes["type"] ?? "regex";
  if (!["match", "regex", "pcre2"].includes(dialect)) {
    throw refuse(file, regex, `has the type "${dialect}", expected match, regex or pcre2`);
  }
  return { begin, dialect, at: `${file}:${regex.line}` };
}

function formatOf(format: string) {
  const [, lines] = /^multi-line: *(\d+)$/.exec(format) ?? [];
  if (lines !== undefined) return { logFormat: "multi-line", lines: whole(lines, 1, mostLines) };
  if (["generic", "iis", "syslog-pipe"].includes(format)) return { logFormat: "syslog" };
  if (logFormatNames.includes(format)) return { logFormat: format };
  throw new Failure(`is "${format}", which is no log format`, {
    hint: `formats are ${logFormatNames.join(", ")}, and "multi-line: 3" for three lines each`,
  });
}

const mostLines = 1000;

function futureOf(section: Element, { file }: Findings) {
  return yesNoIn(section, file, "only-future-events") ? { onlyFutureEvents: true } : {};
}

function isSameFile(one: LocalFile, other: LocalFile): boolean {
  const isFile = [one, other].every((log) => log.logFormat !== "journald" && !isCommandLog(log));
  return isFile && one.location === other.location;
}

function noteUnused(
  section: Element,
  unused: Readonly<Record<string, string>>,
  findings: Findings,
): void {
  for (const option of section.children) {
    const because = unused[option.name];
    if (because !== undefined) findings.note(`has no effect: ${because}`, option);
  }
}
