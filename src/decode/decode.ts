import type { Event, Line, LogFormat, TrustedHeader, VerdictOf } from "../core/event.ts";
import { accumulator } from "./accumulate.ts";
import type { Decoder, Decoders } from "./decoders/decoder.ts";
import { type Decoded, decoderSearch } from "./decoders/search.ts";
import { DecodedEvent, type Read } from "./event.ts";
import { formatReaders } from "./formats/formats.ts";
import { hostsInMemory, type KnownHosts } from "./formats/host-info.ts";
import { findingEvent, ownEvent } from "./formats/own.ts";
import type { FormatReader, Reading } from "./formats/reading.ts";
import { headerReader } from "./header.ts";
import { ossecHeader, withoutControls } from "./ossec-header.ts";
import { believable } from "./time.ts";

export interface DecodeOptions {
  /** Chooses between the log's own time and that of arrival: a live log is believed where it is plausible. */
  readonly timeOf?: ((at: number, receivedAt: number) => number) | undefined;
  /** Reads as OSSEC does: headers by the places of their characters, the time of arrival, no control characters. */
  readonly compatible?: boolean | undefined;
  /** What nmap found of hosts before; without it that is forgotten with the rest. */
  readonly hosts?: KnownHosts | undefined;
  /** Who called whom; without it events have no verdict. */
  readonly verdictOf?: VerdictOf | undefined;
  /** Is told each decoder of which a pattern fitted. */
  readonly watch?: ((decoder: Decoder) => void) | undefined;
}

/** A line in, an event out. */
export interface LineDecoder {
  (line: Line): Event;
  /** Forgets what decoders with `<accumulate>`, and formats, keep of earlier lines. */
  forget(): void;
}

/**
 * Makes the decoder: a line in, an event out, always. It names what it knows and leaves the rest undefined; hostile
 * text never throws, and takes time linear in its length.
 */
export function openDecoder(
  decoders: Decoders,
  { timeOf = believable, compatible = false, watch, hosts, verdictOf }: DecodeOptions = {},
): LineDecoder {
  let formats = formatReaders(hosts ?? hostsInMemory());
  const readMessage = compatible ? ossecMessages() : messages(timeOf);
  const search = decoderSearch(decoders, { compatible, watch });
  let accumulate = accumulator();

  const byDecoders = (line: Line, message: Message): Event => {
    const decoded = search(message.log, message.spokenBy, line.location);
    const event = new DecodedEvent(readOf(line, message, decoded), verdictOf);
    if (decoded?.decoder.accumulate) {
      accumulate({ host: event.host, decoder: decoded.decoder.name, at: event.at }, decoded.fields);
    }
    return event;
  };
  const byFormat = (line: Line, read: FormatReader): Event => {
    const reading = read(line.text, line.receivedAt);
    const relayed = reading?.isRelayed
      ? byDecoders(line, relayedIn(line, reading, timeOf))
      : undefined;
    return relayed?.decoder
      ? relayed
      : new DecodedEvent(formatRead(line, reading, timeOf), verdictOf);
  };

  const decode = (line: Line): Event => {
    if (line.format === "own") return ownEvent(line);
    if (line.format === "finding") return findingEvent(line);
    const read = compatible && line.format === "snort-fast" ? undefined : formats.get(line.format);
    return read ? byFormat(line, read) : byDecoders(line, readMessage(line));
  };
  const forget = () => {
    accumulate = accumulator();
    formats = formatReaders(hosts ?? hostsInMemory());
  };
  return Object.assign(decode, { forget });
}

type ChooseTime = (at: number, receivedAt: number) => number;

/** A line, its header understood. */
interface Message {
  readonly at: number;
  readonly host: string | undefined;
  readonly program: string | undefined;
  /** The program's name as decoders shall see it. */
  readonly spokenBy: string | undefined;
  readonly log: string;
  readonly fullLog: string;
  readonly times: number;
}

function messages(timeOf: ChooseTime): (line: Line) => Message {
  const readHeader = headerReader();
  return ({ text, header: trusted, receivedAt, format }) => {
    const read = trusted ? withEnd(trusted) : readHeader(text, receivedAt);
    const isForged = read.program !== undefined && withoutSyslogHeaders.includes(format);
    const { at, host, program, end } = isForged ? noHeader : read;
    const { log, times } = unfolded(text, end);
    return {
      at: at === undefined ? receivedAt : timeOf(at, receivedAt),
      host,
      program,
      spokenBy: program === undefined ? undefined : baseName(program),
      log,
      fullLog: text,
      times,
    };
  };
}

/**
 * Programs whose logs have these formats write no syslog headers, but the text of clients, with newlines: nginx in its
 * error log, MariaDB and PostgreSQL with a user's name, CGI programs in Apache's. "Nov 22 10:00:01 web1 sshd[1]: …" in such
 * a log is a client's, and would have others blocked.
 */
const withoutSyslogHeaders: readonly LogFormat[] = [
  "apache",
  "squid",
  "mysql_log",
  "postgresql_log",
];
const noHeader = { at: undefined, host: undefined, program: undefined, end: 0 };

function withEnd({ at, host, program }: TrustedHeader) {
  return { at, host, program, end: 0 };
}

function ossecMessages(): (line: Line) => Message {
  return ({ text, header: trusted, receivedAt, location }) => {
    const fullLog = withoutControls(text);
    const read = trusted
      ? { host: trusted.host, program: trusted.program, log: fullLog }
      : ossecHeader(fullLog);
    // What an agent sends comes from "(name) address->file", and that is its host.
    const host = location.startsWith("(") ? location : read.host;
    const { program, log } = read;
    return { at: receivedAt, host, program, spokenBy: program, log, fullLog, times: 1 };
  };
}

/** rsyslog's "message repeated 3 times: [ … ]" speaks for the message inside. */
const repeated = /^message repeated (\d+) times: \[ (.*)\]$/s;
const mostTimes = 1000;

function unfolded(text: string, from: number): { log: string; times: number } {
  const log = from === 0 ? text : text.slice(from);
  const found = log.startsWith("message repeated ") ? repeated.exec(log) : null;
  if (!found) return { log, times: 1 };
  const [, times, inside = ""] = found;
  return { log: inside, times: Math.min(Math.max(Number(times), 1), mostTimes) };
}

/** The line of a program that another wrapped up. */
function relayedIn(line: Line, reading: Reading, timeOf: ChooseTime): Message {
  const { host, program, log = line.text } = reading;
  return {
    at: timeIn(reading, line, timeOf),
    host,
    program,
    spokenBy: program === undefined ? undefined : baseName(program),
    log,
    fullLog: line.text,
    times: 1,
  };
}

function timeIn({ at }: Reading, { receivedAt }: Line, timeOf: ChooseTime): number {
  return at === undefined ? receivedAt : timeOf(at, receivedAt);
}

/** "/usr/sbin/sshd" speaks as sshd does; "postfix/smtpd" is a name. */
function baseName(program: string): string {
  return program.startsWith("/") ? program.slice(program.lastIndexOf("/") + 1) : program;
}

const nothing = Object.freeze({});

function readOf(line: Line, message: Message, decoded: Decoded | undefined): Read {
  const original = decoded?.plugged?.original;
  const decoder = decoded?.decoder;
  return {
    at: message.at,
    host: original ? original.host : message.host,
    program: message.program,
    location: original ? original.location : line.location,
    log: original ? original.log : message.log,
    fullLog: original ? original.log : message.fullLog,
    decoder: decoder?.name,
    category: decoded?.plugged?.category ?? decoder?.category ?? "syslog",
    fields: decoded?.fields ?? nothing,
    fts: decoder?.fts,
    times: message.times,
    byPlugin: decoded?.plugged !== undefined,
    originalRule: original?.rule,
  };
}

function formatRead(line: Line, reading: Reading | undefined, timeOf: ChooseTime): Read {
  const { text, receivedAt, location } = line;
  return {
    at: reading ? timeIn(reading, line, timeOf) : receivedAt,
    host: reading?.host,
    program: reading?.program,
    location,
    log: reading?.log ?? text.slice(reading?.start ?? 0),
    fullLog: text,
    decoder: reading?.decoder,
    category: reading?.category ?? "syslog",
    fields: reading?.fields ?? nothing,
  };
}
