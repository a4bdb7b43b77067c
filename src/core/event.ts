import type { Address } from "./address.ts";
import type { AlertVerdict } from "./verdict.ts";

/**
 * How the lines of a log are written, by OSSEC's names. Several lines that make one entry are joined where they are read.
 * `own` is Stockade speaking of itself, `finding` what its integrity process found (`Finding` as JSON): no log can claim them.
 */
export type LogFormat =
  | "syslog"
  | "snort-fast"
  | "snort-full"
  | "apache"
  | "squid"
  | "nmapg"
  | "mysql_log"
  | "postgresql_log"
  | "multi-line"
  | "multi-line-regex"
  | "audit"
  | "modsec-audit"
  | "json"
  | "eve"
  | "command"
  | "full_command"
  | "journald"
  | "finding"
  | "own";

/** What a source already knows of a line because the system vouches for it (journald's own fields). */
export interface TrustedHeader {
  readonly at: number;
  readonly host: string;
  readonly program: string | undefined;
}

/** One line of a log, as it was written. */
export interface Line {
  readonly text: string;
  /** Where it stood: a path, `journald`, or the name of one of our processes. */
  readonly location: string;
  readonly format: LogFormat;
  /** When it was read, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** Where in its location: the byte of the file at which it begins, the journal's cursor. Absent where that is not known. */
  readonly place?: number | string | undefined;
  readonly header?: TrustedHeader;
}

/**
 * OSSEC's categories of events: the type of the decoder that named the fields. No rule can ask for the last two:
 * `ossec-alert` is another OSSEC's alert, whose own rule counts.
 */
export type Category = (typeof categories)[number];

export const categories = [
  "syslog",
  "ids",
  "firewall",
  "web-log",
  "squid",
  "windows",
  "ossec",
  "host-information",
  "ossec-alert",
] as const;

/**
 * What a decoder found, by OSSEC's names (srcip, srcuser, dstip, dstuser, srcport, dstport, protocol, action, id, url,
 * extra_data, status, system_name, filename) or its own.
 */
export type Fields = Readonly<Record<string, string>>;

/** A line that has been read: who said it, when, and what it names. */
export interface Event {
  /** When it happened, in milliseconds since 1970: the log's own time where that can be believed. */
  readonly at: number;
  readonly host: string | undefined;
  readonly program: string | undefined;
  readonly location: string;
  /** The line after its header: what rules look at. */
  readonly log: string;
  readonly fullLog: string;
  readonly decoder: string | undefined;
  readonly category: Category;
  readonly fields: Fields;
  /** Whether a plugin decoder named the fields: ossec-logtest does not print those. */
  readonly byPlugin?: boolean;
  /** The rule of an alert of another OSSEC, where the line is one (category `ossec-alert`). */
  readonly originalRule?: number | undefined;
  /** How many equal messages the line speaks for; rsyslog folds repeated ones. 1 when absent. */
  readonly times?: number;
  /** What makes an event of this decoder's kind new, for `<if_fts>`: names of fields, and "name", "location". */
  readonly fts?: readonly string[] | undefined;
  /** What shows it, for people: the rest of a text of several lines. */
  readonly evidence?: readonly string[];
  /** The `srcip` and `dstip` fields as addresses; absent where they are none. */
  readonly srcip: Address | undefined;
  readonly dstip: Address | undefined;
  /** Who called whom, and whether that is proven; undefined without a source address, and where nobody judges it. */
  readonly verdict?: AlertVerdict | undefined;
}

/** Judges who called whom; undefined for an event without a source address, against which there is no response. */
export type VerdictOf = (event: Event) => AlertVerdict | undefined;
