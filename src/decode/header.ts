import { localClock, yearGuess } from "./time.ts";

/** What stands before a message in a syslog file. */
export interface Header {
  /** Milliseconds since 1970; undefined where the header has no time that can be read. */
  readonly at: number | undefined;
  readonly host: string | undefined;
  readonly program: string | undefined;
  /** Where the message begins in the line. */
  readonly end: number;
}

// RFC 3164 with or without "<PRI>" and parts of a second, RFC 3339 times as rsyslog writes them by default, and RFC 5424.
const bsd = /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? /;
const iso =
  /^(?:<\d{1,3}>)?(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)? /;
const rfc5424 =
  /^<\d{1,3}>1 (\S+) (\S{1,255}) (\S{1,48}) \S{1,128} \S{1,32} (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+) ?/;

// OSSEC's alphabet for program names: "postfix/smtpd", "/usr/sbin/sshd", "sshd(pam_unix)"; hosts may be named in any
// script, or be an IPv6 address.
const names =
  /([\w()./@\p{L}-]+|[\da-fA-F]*:[\da-fA-F]*:[\da-fA-F:.]*)(?: +([\w()./@-]+)(?:\[\d+\])?: ?|(?:\[\d+\])?: | )/uy;

// Behind "2026-11-22 10:00:01", as many programs begin lines of their own: dpkg, Exim, PostgreSQL.
const surelyNames = /([\w()./@\p{L}-]+) +([\w()./@-]+)(?:: |\[\d+\]:? )/uy;

const months = "JanFebMarAprMayJunJulAugSepOctNovDec";

/**
 * A reader of syslog headers (RFC 3164, RFC 5424, and the ISO times of today's rsyslog). A line without a header is all
 * message. The zone of times that name none is the server's own.
 */
export function headerReader(): (line: string, receivedAt: number) => Header {
  const clock = localClock();
  const yearOf = yearGuess();

  const bsdTime = (found: RegExpExecArray, receivedAt: number) => {
    const month = months.indexOf(found[1] ?? "") / 3 + 1;
    const date = part(found, 2);
    const year = yearOf(month, date, receivedAt);
    return clock([year, month, date, part(found, 3)], within(found, 4), receivedAt);
  };

  const isoTime = (found: RegExpExecArray, receivedAt: number) => {
    const [year, month, date, hours] = [
      part(found, 1),
      part(found, 2),
      part(found, 3),
      part(found, 4),
    ];
    const rest = within(found, 5);
    const zone = found[8];
    if (zone === undefined) return clock([year, month, date, hours], rest, receivedAt);
    return Date.UTC(year, month - 1, date, hours) + rest - zoneMilliseconds(zone);
  };

  return (line, receivedAt) => {
    const found5424 = line.startsWith("<") ? rfc5424.exec(line) : null;
    if (found5424) return header5424(found5424);
    const foundIso = startsWithDigit(line) ? iso.exec(line) : null;
    if (foundIso) return afterIso(line, isoTime(foundIso, receivedAt), foundIso);
    const foundBsd = bsd.exec(line);
    if (foundBsd) return withNames(line, bsdTime(foundBsd, receivedAt), foundBsd[0].length);
    return { at: undefined, host: undefined, program: undefined, end: 0 };
  };
}

/** Whether an ISO time may come: most lines of most logs begin with a letter, and need not be tried. */
function startsWithDigit(line: string): boolean {
  const first = line.charCodeAt(0);
  return first === 60 || (first > 47 && first < 58);
}

function part(found: RegExpExecArray, index: number): number {
  return Number(found[index] ?? "0");
}

/** Minutes, seconds and parts of a second, from three groups, in milliseconds. */
function within(found: RegExpExecArray, index: number): number {
  const whole = part(found, index) * 60_000 + part(found, index + 1) * 1000;
  const fraction = found[index + 2];
  return fraction === undefined ? whole : whole + Math.floor(Number(`0.${fraction}`) * 1000);
}

function header5424(found: RegExpExecArray): Header {
  const [all, time = "", host, program] = found;
  const at = Date.parse(time);
  const named = (text: string | undefined) => (text === "-" ? undefined : text);
  return {
    at: Number.isNaN(at) ? undefined : at,
    host: named(host),
    program: named(program),
    end: all.length,
  };
}

/** A time without "T" and zone stands in syslog files and in others: there, words are names only where they look it. */
function afterIso(line: string, at: number, [time, ...parts]: RegExpExecArray): Header {
  const from = time.length;
  if (parts[7] !== undefined || time.includes("T")) return withNames(line, at, from);
  surelyNames.lastIndex = from;
  const [all = "", host, program] = surelyNames.exec(line) ?? [];
  return { at: Number.isNaN(at) ? undefined : at, host, program, end: from + all.length };
}

/** "HOST PROGRAM[PID]: ", "PROGRAM[PID]: " (no host) or "HOST " (no program) after the time. */
function withNames(line: string, at: number, from: number): Header {
  names.lastIndex = from;
  const found = names.exec(line);
  const time = Number.isNaN(at) ? undefined : at;
  if (!found) return { at: time, host: undefined, program: undefined, end: from };
  const [all, first, second] = found;
  const end = from + all.length;
  if (second !== undefined) return { at: time, host: first, program: second, end };
  return all.endsWith(": ")
    ? { at: time, host: undefined, program: first, end }
    : { at: time, host: first, program: undefined, end };
}

function zoneMilliseconds(zone: string): number {
  if (zone === "Z") return 0;
  const sign = zone.startsWith("-") ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
}
