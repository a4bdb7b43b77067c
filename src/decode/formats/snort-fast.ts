import type { Fields } from "../../core/event.ts";
import { localClock, yearGuess } from "../time.ts";

/** One line of Suricata's fast.log, read. */
export interface FastAlert {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Where the text after the time begins. */
  readonly start: number;
  readonly fields: Fields;
}

// "MM/DD/YYYY-hh:mm:ss.uuuuuu  " or, without "%Y" in Suricata's settings and in Snort, "MM/DD-hh:mm:ss.uuuuuu  ".
const time = /^(\d\d)\/(\d\d)(?:\/(\d{4}))?-(\d\d):(\d\d):(\d\d)\.(\d{3})\d* {1,2}/;
const ids = /(?:\[(w?Drop)\] )?\[\*\*\] \[(\d+):(\d+):(\d+)\] /y;
const addresses = /^\{([^{}]{1,64})\} (\S+) -> (\S+)$/;

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

  const timeOf = (found: RegExpExecArray, receivedAt: number) => {
    const [month = 0, date = 0] = [Number(found[1]), Number(found[2])];
    const year = found[3] === undefined ? yearOf(month, date, receivedAt) : Number(found[3]);
    const within = Number(found[5]) * 60_000 + Number(found[6]) * 1000 + Number(found[7]);
    return clock([year, month, date, Number(found[4])], within, receivedAt);
  };

  return (line, receivedAt) => {
    const foundTime = time.exec(line);
    if (!foundTime) return undefined;
    const start = foundTime[0].length;
    ids.lastIndex = start;
    const foundIds = ids.exec(line);
    if (!foundIds) return undefined;
    const fields = fieldsOf(line, foundIds, start + foundIds[0].length);
    if (!fields) return undefined;
    const at = timeOf(foundTime, receivedAt);
    return { at: Number.isNaN(at) ? receivedAt : at, start, fields };
  };
}

function fieldsOf(line: string, found: RegExpExecArray, from: number): Fields | undefined {
  const priorityAt = line.lastIndexOf("[Priority: ");
  const priorityEnd = line.indexOf("]", priorityAt);
  const messageEnd = line.lastIndexOf(" [**] ", priorityAt);
  if (priorityAt < from || messageEnd < from || priorityEnd < 0) return undefined;
  const priority = line.slice(priorityAt + 11, priorityEnd);
  if (!/^\d{1,3}$/.test(priority)) return undefined;
  const fields: Record<string, string> = {};
  const set = (name: (typeof snortFastFields)[number], value: string | undefined) => {
    if (value !== undefined && value !== "" && value !== "(null)") fields[name] = value;
  };
  set("gid", found[2]);
  set("sid", found[3]);
  set("rev", found[4]);
  set("msg", line.slice(from, messageEnd));
  set("classification", classificationIn(line.slice(messageEnd + 6, priorityAt)));
  set("priority", priority);
  set("action", found[1]);
  const ends = addresses.exec(line.slice(priorityEnd + 2));
  if (!ends) return fields;
  const [, protocol = "", source = "", target = ""] = ends;
  const hasPorts = protocol === "TCP" || protocol === "UDP" || protocol === "SCTP";
  set("protocol", protocol);
  set("srcip", source.slice(0, source.lastIndexOf(":")));
  set("dstip", target.slice(0, target.lastIndexOf(":")));
  if (!hasPorts) return fields;
  set("srcport", source.slice(source.lastIndexOf(":") + 1));
  set("dstport", target.slice(target.lastIndexOf(":") + 1));
  return fields;
}

function classificationIn(text: string): string | undefined {
  return text.startsWith("[Classification: ") ? text.slice(17, text.lastIndexOf("]")) : undefined;
}
