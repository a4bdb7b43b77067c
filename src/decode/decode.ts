import { parseAddress } from "../core/address.ts";
import type { Category, Event, Fields, Line } from "../core/event.ts";
import type { Decoder } from "./decoder.ts";
import { decoders } from "./decoders/index.ts";
import { snortFastReader } from "./decoders/snort-fast.ts";
import { type Header, headerReader } from "./header.ts";
import { believable } from "./time.ts";

/**
 * Makes the decoder: a line in, an event out, always. It names what it knows and leaves the rest undefined; hostile
 * text never throws. `timeOf` chooses between the log's own time and the time of arrival: a live log is believed where
 * it is plausible, a replayed one always.
 */
export function openDecoder(timeOf: ChooseTime = believable): (line: Line) => Event {
  const readHeader = headerReader();
  const readFast = snortFastReader();
  const byProgram = new Map<string, Decoder>(
    decoders.flatMap((decoder) => decoder.programs.map((program) => [program, decoder] as const)),
  );

  const fast = (line: Line): Event => {
    const read = readFast(line.text, line.receivedAt);
    if (!read) return event(line, unknownHeader, "syslog", undefined, {}, timeOf);
    const header = { at: read.at, host: undefined, program: undefined, end: read.start };
    return event(line, header, "ids", "snort-fast", read.fields, timeOf);
  };

  const syslog = (line: Line): Event => {
    const header = line.header
      ? { ...line.header, end: 0 }
      : readHeader(line.text, line.receivedAt);
    const { message, times } = messageOf(line.text, header.end);
    const decoder = byProgram.get(baseName(header.program ?? ""));
    const fields = decoder && message.length <= longestMessage ? match(decoder, message) : {};
    const read = event(line, header, "syslog", decoder?.name, fields, timeOf, message);
    return times === 1 ? read : { ...read, times };
  };

  return (line) => {
    if (line.format === "snort-fast") return fast(line);
    if (line.format === "own") return event(line, unknownHeader, "ossec", "stockade", {}, timeOf);
    return syslog(line);
  };
}

type ChooseTime = (at: number, receivedAt: number) => number;

const unknownHeader: Header = { at: undefined, host: undefined, program: undefined, end: 0 };

/** In characters. sshd writes 1,023 at the most; a longer message was made to cost time, and names nothing. */
const longestMessage = 2048;

/** rsyslog's "message repeated 3 times: [ … ]" speaks for the message inside. */
const repeated = /^message repeated (\d+) times: \[ (.*)\]$/s;
const mostTimes = 1000;

function messageOf(text: string, from: number): { message: string; times: number } {
  const message = from === 0 ? text : text.slice(from);
  const found = message.startsWith("message repeated ") ? repeated.exec(message) : null;
  if (!found) return { message, times: 1 };
  const [, times, inside = ""] = found;
  return { message: inside, times: Math.min(Math.max(Number(times), 1), mostTimes) };
}

/** "/usr/sbin/sshd" speaks as sshd does. */
function baseName(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1);
}

function match(decoder: Decoder, message: string): Fields {
  for (const pattern of decoder.patterns) {
    const found = pattern.exec(message);
    if (found) return defined(found.groups);
  }
  return {};
}

function defined(groups: Readonly<Record<string, string | undefined>> | undefined): Fields {
  const fields: Record<string, string> = {};
  for (const name in groups) {
    const value = groups[name];
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

function event(
  line: Line,
  header: Header,
  category: Category,
  decoder: string | undefined,
  fields: Fields,
  timeOf: ChooseTime,
  log = line.text.slice(header.end),
): Event {
  const { srcip, dstip } = fields;
  return {
    at: header.at === undefined ? line.receivedAt : timeOf(header.at, line.receivedAt),
    host: header.host,
    program: header.program,
    location: line.location,
    log,
    fullLog: line.text,
    decoder,
    category,
    fields,
    srcip: srcip === undefined ? undefined : parseAddress(srcip),
    dstip: dstip === undefined ? undefined : parseAddress(dstip),
  };
}
