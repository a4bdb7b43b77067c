import { lineStamp } from "./line-stamp.ts";
import { type Names, namesAt, sureNamesAt } from "./names.ts";
import { bsdStamp, digits, isoStamp, type Stamp } from "./stamp.ts";
import { localClock, utcClock, yearGuess } from "./time.ts";

/** What stands before a message in a syslog file. */
export interface Header {
  /** Milliseconds since 1970; undefined where the header has no time that can be read. */
  readonly at: number | undefined;
  readonly host: string | undefined;
  readonly program: string | undefined;
  /** Where the message begins in the line. */
  readonly end: number;
}

/**
 * A reader of syslog headers: RFC 3164 with or without "<PRI>" and parts of a second, RFC 3339 times as rsyslog writes
 * them by default, and RFC 5424. Any other line is all message; its time is the one that web servers, databases and others
 * write (`lineStamp`). The zone of times that name none is the server's own.
 */
export function headerReader(): (line: string, receivedAt: number) => Header {
  const clock = localClock();
  const utc = utcClock();
  const yearOf = yearGuess();

  const timeOf = (stamp: Stamp, receivedAt: number): number | undefined => {
    const { month, date, hours, within, zone } = stamp;
    const year = stamp.year ?? yearOf(month, date, receivedAt);
    const at =
      zone === undefined
        ? clock([year, month, date, hours], within, receivedAt)
        : utc(year, month, date, hours * hour + within) - zone;
    return Number.isNaN(at) ? undefined : at;
  };

  const plain = (line: string, receivedAt: number): Header => {
    const from = afterPriority(line);
    const bsd = bsdStamp(line, from);
    if (bsd) return named(timeOf(bsd, receivedAt), namesAt(line, bsd.end + 1), bsd.end + 1);
    const iso = line[from + 4] === "-" ? isoStamp(line, from) : undefined;
    if (iso && line[iso.end] === " ") {
      return named(timeOf(iso, receivedAt), isoNames(line, iso, from), iso.end + 1);
    }
    const own = lineStamp(line);
    return named(own && timeOf(own, receivedAt), undefined, 0);
  };

  return (line, receivedAt) => {
    const found = line.startsWith("<") ? rfc5424.exec(line) : null;
    return found ? header5424(found) : plain(line, receivedAt);
  };
}

function named(at: number | undefined, names: Names | undefined, end: number): Header {
  if (!names) return { at, host: undefined, program: undefined, end };
  return { at, host: names.host, program: names.program, end: names.end };
}

/** Many programs begin lines of their own with a date and a space: there, words are names only where they look it. */
function isoNames(line: string, stamp: Stamp, from: number): Names | undefined {
  const isSyslog = line[from + 10] === "T";
  return isSyslog ? namesAt(line, stamp.end + 1) : sureNamesAt(line, stamp.end + 1);
}

const hour = 3_600_000;

// Behind "<PRI>" and the version: time, host, program, process, message id and structured data.
const rfc5424 =
  /^<\d{1,3}>1 (\S+) (\S{1,255}) (\S{1,48}) \S{1,128} \S{1,32} (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+) ?/;

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

/** Behind "<13>"; 0 where there is none. */
function afterPriority(line: string): number {
  if (!line.startsWith("<")) return 0;
  const end = line.indexOf(">");
  return end > 1 && end < 5 && !Number.isNaN(digits(line, 1, end - 1)) ? end + 1 : 0;
}
