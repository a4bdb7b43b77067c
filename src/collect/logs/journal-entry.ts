import * as z from "zod";
import type { TrustedHeader } from "../../core/event.ts";
import { programOf } from "./journal-identity.ts";
import { daemonFacility } from "./journal-selection.ts";
import { maxLineLength } from "./lines.ts";

/** What is asked of each entry, beside the cursor and the time, which always come. */
export const entryFields = [
  "MESSAGE",
  "SYSLOG_IDENTIFIER",
  "SYSLOG_FACILITY",
  "_UID",
  "_EXE",
  "_SYSTEMD_UNIT",
  "_TRANSPORT",
  "_HOSTNAME",
] as const;

/** One entry of the journal, as far as it can be believed. */
export interface JournalEntry {
  readonly cursor: string;
  readonly text: string;
  /** What the writer calls itself: for choosing entries, not for believing. */
  readonly identifier: string;
  /** By syslog(3). */
  readonly facility: number;
  readonly header: TrustedHeader;
}

/** Reads one line of `journalctl --output=json`. Undefined when it is none. Never throws. */
export function parseEntry(line: string): JournalEntry | undefined {
  const result = Entry.safeParse(jsonOrNothing(line));
  if (!result.success) return undefined;
  const entry = result.data;
  return {
    cursor: entry.__CURSOR,
    text: oneLine(entry.MESSAGE ?? ""),
    identifier: entry.SYSLOG_IDENTIFIER ?? "",
    facility: Number(entry.SYSLOG_FACILITY ?? daemonFacility),
    header: {
      at: Math.floor(Number(entry.__REALTIME_TIMESTAMP) / 1000),
      host: entry._HOSTNAME ?? "localhost",
      program: programOf(entry),
    },
  };
}

/** journalctl(1): text, or bytes where it is no UTF-8, null where it is too long, a list where there are several. */
const Field = z
  .union([
    z.string(),
    z.null(),
    z.array(z.int().min(0).max(255)).transform((bytes) => Buffer.from(bytes).toString("utf8")),
    z.array(z.unknown()),
  ])
  .optional()
  .transform((value) => (Array.isArray(value) ? firstText(value) : (value ?? undefined)));

const Entry = z.object({
  __CURSOR: z.string().min(1),
  __REALTIME_TIMESTAMP: z.string().regex(/^\d{1,19}$/),
  MESSAGE: Field,
  SYSLOG_IDENTIFIER: Field,
  SYSLOG_FACILITY: Field,
  _UID: Field,
  _EXE: Field,
  _SYSTEMD_UNIT: Field,
  _TRANSPORT: Field,
  _HOSTNAME: Field,
});

/** A field that the writer gave several times: any could be meant, so the first one stands. */
function firstText(values: readonly unknown[]): string | undefined {
  return values.find((value) => typeof value === "string");
}

/** A line end within a message must not look like the beginning of another event. */
function oneLine(message: string): string {
  return message
    .slice(0, maxLineLength)
    .trimEnd()
    .replace(/[\r\n]+/g, " ");
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not an entry; the caller counts it.
    return undefined;
  }
}
