import { headerReader } from "../../decode/header.ts";
import { localClock, yearGuess } from "../../decode/time.ts";

/**
 * A reader of the time a line of a log gives for itself, whatever program wrote it: milliseconds since 1970, or undefined
 * where there is none. `near` is a time that is not before it, such as the last change of the file: it settles the year
 * where the line names none. What an attacker can write into a line is behind its time, or cannot look like one.
 */
export function openLineClock(): (line: string, near: number) => number | undefined {
  const readHeader = headerReader();
  const forms = [...localForms(), ...zonedForms()];
  return (line, near) => {
    const at = readHeader(line, near).at ?? otherTime(forms, line, near);
    return Number.isNaN(at) ? undefined : at;
  };
}

function otherTime(forms: readonly Form[], line: string, near: number): number | undefined {
  for (const { pattern, read } of forms) {
    const found = pattern.exec(line);
    if (found) return read(found.groups ?? {}, near);
  }
  return undefined;
}

interface Form {
  readonly pattern: RegExp;
  readonly read: (parts: Parts, near: number) => number;
}

type Parts = Readonly<Record<string, string | undefined>>;

/** Times in the server's own zone: fast.log, nginx' error log, Apache's error log. */
function localForms(): Form[] {
  const clock = localClock();
  const yearOf = yearGuess();
  const read = (parts: Parts, near: number) => {
    const [month, day] = [monthOf(parts), Number(parts["day"])];
    const year = parts["year"] === undefined ? yearOf(month, day, near) : Number(parts["year"]);
    const within = Number(parts["minute"]) * 60_000 + Number(parts["second"]) * 1000;
    return clock([year, month, day, Number(parts["hour"])], within + milliseconds(parts), near);
  };
  return [
    `^(?<month>\\d\\d)/(?<day>\\d\\d)(?:/(?<year>\\d{4}))?-${time}`,
    `^(?<year>\\d{4})/(?<month>\\d\\d)/(?<day>\\d\\d) ${time}`,
    `^\\[[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>\\d\\d) ${time} (?<year>\\d{4})\\]`,
  ].map((source) => ({ pattern: new RegExp(source), read }));
}

const time = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)(?:\\.(?<fraction>\\d{1,9}))?";

/** Times with a zone: access logs, JSON, and seconds since 1970 as auditd and squid have them. */
function zonedForms(): Form[] {
  const epoch = (parts: Parts) => Number(parts["epoch"]) * 1000 + milliseconds(parts);
  return [
    // A quote in the name of a user, which stands before, is escaped: only the server's own time has one right behind it.
    {
      pattern:
        /\[(?<day>\d\d)\/(?<month>[A-Z][a-z]{2})\/(?<year>\d{4}):(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d) (?<zone>[+-]\d{4})\] "/,
      read: zoned,
    },
    {
      pattern: new RegExp(
        `^\\{\\s*"(?:timestamp|@timestamp|time)":\\s*"(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)T${time}(?<zone>Z|[+-]\\d\\d:?\\d\\d)"`,
      ),
      read: zoned,
    },
    {
      pattern:
        /^(?:node=\S{1,255} )?type=\S{1,64} msg=audit\((?<epoch>\d{9,10})\.(?<fraction>\d{3}):/,
      read: epoch,
    },
    { pattern: /^(?<epoch>\d{9,10})\.(?<fraction>\d{3}) /, read: epoch },
  ];
}

function zoned(parts: Parts): number {
  const zone =
    parts["zone"] === "Z" ? "+00:00" : `${parts["zone"]?.slice(0, 3)}:${parts["zone"]?.slice(-2)}`;
  const day = `${parts["year"]}-${String(monthOf(parts)).padStart(2, "0")}-${parts["day"]}`;
  const second = `${parts["hour"]}:${parts["minute"]}:${parts["second"]}`;
  return Date.parse(`${day}T${second}${zone}`) + milliseconds(parts);
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** From 1 on, or a number that no month has. */
function monthOf({ month = "" }: Parts): number {
  return /^\d\d$/.test(month) ? Number(month) : months.indexOf(month) / 3 + 1;
}

function milliseconds({ fraction }: Parts): number {
  return fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
}
