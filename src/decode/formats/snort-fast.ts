import type { Fields } from "../../core/event.ts";
import { clockTime, digits, type Stamp } from "../stamp.ts";
import { localClock, yearGuess } from "../time.ts";

/** One line of Suricata's fast.log, read. */
export interface FastAlert {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Where the text after the time begins. */
  readonly start: number;
  readonly fields: Fields;
}

const ids = /(?:\[(w?Drop)\] )?\[\*\*\] \[(\d+):(\d+):(\d+)\] /y;
const addresses = /\{([^{}]{1,64})\} (\S+) -> (\S+)$/y;

/** The names `fields` may have, in the order in which they are shown. */
export const snortFastFields = [
  "gid",
  "sid",
  "rev",
  "msg",
  "classification",
  "priority",
  "protocol",
  "action",
  "srcip",
  "srcport",
  "dstip",
  "dstport",
] as const;

/**
 * A reader of fast.log lines as Suricata 7 and 8 write them (alert-fastlog.c): the message may imitate every later part,
 * so those are looked for from the end. Returns undefined for a line that is none. Events of Suricata's packet decoder
 * have no addresses; protocols without ports have no srcport and dstport, although the line shows a type, a code or 0.
 */
export function snortFastReader(): (line: string, receivedAt: number) => FastAlert | undefined {
  const clock = localClock();
  const yearOf = yearGuess();
  return (line, receivedAt) => {
    const time = timeAtStart(line);
    if (!time) return undefined;
    ids.lastIndex = time.end;
    const found = ids.exec(line);
    const fields = found && fieldsOf(line, found, ids.lastIndex);
    if (!fields) return undefined;
    const { month, date, hours, within, end } = time;
    const year = time.year ?? yearOf(month, date, receivedAt);
    const at = clock([year, month, date, hours], within, receivedAt);
    return { at: Number.isNaN(at) ? receivedAt : at, start: end, fields };
  };
}

/** "MM/DD/YYYY-hh:mm:ss.uuuuuu  " or, without "%Y" in Suricata's settings and in Snort, "MM/DD-hh:mm:ss.uuuuuu  ". */
function timeAtStart(line: string): Stamp | undefined {
  const hasYear = line[5] === "/";
  const dash = hasYear ? 10 : 5;
  const year = hasYear ? digits(line, 6, 4) : undefined;
  const clock = line[2] === "/" && line[dash] === "-" ? clockTime(line, dash + 1) : undefined;
  const month = digits(line, 0, 2);
  const date = digits(line, 3, 2);
  if (!clock || Number.isNaN(month + date + (year ?? 0))) return undefined;
  const { hours, within } = clock;
  const spaces = line[clock.end + 1] === " " ? 2 : 1;
  const end = clock.end + spaces;
  return line[clock.end] === " "
    ? { year, month, date, hours, within, zone: undefined, end }
    : undefined;
}

function fieldsOf(line: string, found: RegExpExecArray, from: number): Fields | undefined {
  const priorityAt = line.lastIndexOf("[Priority: ");
  const priorityEnd = line.indexOf("]", priorityAt);
  const messageEnd = line.lastIndexOf(" [**] ", priorityAt);
  if (priorityAt < from || messageEnd < from || priorityEnd < 0) return undefined;
  const priority = line.slice(priorityAt + 11, priorityEnd);
  if (!/^\d{1,3}$/.test(priority)) return undefined;
  const fields: Record<string, string> = {};
  set(fields, "gid", found[2]);
  set(fields, "sid", found[3]);
  set(fields, "rev", found[4]);
  set(fields, "msg", line.slice(from, messageEnd));
  set(fields, "classification", classificationIn(line.slice(messageEnd + 6, priorityAt)));
  set(fields, "priority", priority);
  set(fields, "action", found[1]);
  addresses.lastIndex = priorityEnd + 2;
  const ends = addresses.exec(line);
  if (ends) setEnds(fields, ends);
  return fields;
}

function setEnds(fields: Record<string, string>, found: RegExpExecArray): void {
  const [, protocol = "", source = "", target = ""] = found;
  const [sourceColon, targetColon] = [source.lastIndexOf(":"), target.lastIndexOf(":")];
  set(fields, "protocol", protocol);
  set(fields, "srcip", source.slice(0, sourceColon));
  set(fields, "dstip", target.slice(0, targetColon));
  if (protocol !== "TCP" && protocol !== "UDP" && protocol !== "SCTP") return;
  set(fields, "srcport", source.slice(sourceColon + 1));
  set(fields, "dstport", target.slice(targetColon + 1));
}

function set(
  fields: Record<string, string>,
  name: (typeof snortFastFields)[number],
  value: string | undefined,
): void {
  if (value !== undefined && value !== "" && value !== "(null)") fields[name] = value;
}

function classificationIn(text: string): string | undefined {
  return text.startsWith("[Classification: ") ? text.slice(17, text.lastIndexOf("]")) : undefined;
}
