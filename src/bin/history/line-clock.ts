import { headerReader } from "../../decode/header.ts";
import { localClock, yearGuess } from "../../decode/time.ts";

/**
 * A reader of the time a line of a log gives for itself, whatever program wrote it: milliseconds since 1970, or undefined
 * where there is none. `near` is a time that is not before it, such as the last change of the file: it settles the year
 * where the line names none.
 */
export function openLineClock(): (line: string, near: number) => number | undefined {
  const readHeader = headerReader();
  const readFast = fastReader();
  return (line, near) => readHeader(line, near).at ?? readFast(line, near) ?? jsonTime(line);
}

// "MM/DD/YYYY-hh:mm:ss.uuuuuu" of Suricata, "MM/DD-hh:mm:ss.uuuuuu" of Snort.
const fast = /^(\d\d)\/(\d\d)(?:\/(\d{4}))?-(\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?/;

function fastReader() {
  const clock = localClock();
  const yearOf = yearGuess();
  return (line: string, near: number): number | undefined => {
    const found = fast.exec(line);
    if (!found) return undefined;
    const [month = 0, date = 0, year, hours = 0, minutes = 0, seconds = 0, part = 0] = found
      .slice(1)
      .map((text) => (text === undefined ? undefined : Number(text)));
    const within = minutes * 60_000 + seconds * 1000 + part;
    return known(clock([year ?? yearOf(month, date, near), month, date, hours], within, near));
  };
}

const timestamp = /^\{ ?"(?:timestamp|@timestamp|time)": ?"(\d{4}-[^"]{15,30})"/;

/** Suricata's eve.json and others name the time first. */
function jsonTime(line: string): number | undefined {
  const [, text] = timestamp.exec(line) ?? [];
  return text === undefined ? undefined : known(Date.parse(text));
}

function known(at: number): number | undefined {
  return Number.isNaN(at) ? undefined : at;
}
