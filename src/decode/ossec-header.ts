import { isPrintableAscii } from "../core/printable.ts";
import { appleHeader } from "./ossec-apple.ts";
import { type OssecHeader, ossecNames } from "./ossec-names.ts";

/**
 * Reads the start of a line as OSSEC's cleanevent.c does: by the characters at fixed places, the first form that fits.
 * No date is checked, let alone read. `text` is one line without control characters (`withoutControls`).
 */
export function ossecHeader(text: string): OssecHeader {
  // OSSEC counts bytes. Where the places it looks at may have moved, so do we.
  return isPrintableAscii(text) || !hasWideStart(text) ? byForm(text, text) : inBytes(text);
}

/** The line as OSSEC keeps it: it ends at a NUL, and control characters are gone, so that what a tab parted is one. */
export function withoutControls(text: string): string {
  if (isPrintableAscii(text) || plain.test(text)) return text;
  const end = text.indexOf("\0");
  return (end < 0 ? text : text.slice(0, end)).replace(everyControl, "");
}

const controls = "\\u0000-\\u001f\\u007f";
// Half the price of looking for one that is.
const plain = new RegExp(`^[^${controls}]*$`);
const everyControl = new RegExp(`[${controls}]`, "g");

/** Which characters stand at some places of a line, "d" for any digit. Then `cut` characters are no log. */
interface Form {
  readonly places: Uint8Array;
  readonly codes: Uint8Array;
  readonly least: number;
  readonly cut: number;
}

const digit = "d".charCodeAt(0);

function form(mask: string, least: number, cut: number): Form {
  const places = [...mask].flatMap((character, at) => (character === "?" ? [] : [at]));
  const codes = places.map((at) => mask.charCodeAt(at));
  return { places: Uint8Array.from(places), codes: Uint8Array.from(codes), least, cut };
}

const iso = "????-??-??T??:??:";

const usual = form("??? ?? ??:??:?? ", 17, 16);

/** Dates behind which a host and a program may be named. */
const dates: readonly Form[] = [
  usual,
  form("d??? ??? ?? ??:??:?? ", 21, 21),
  form("d???:??:??-??:??:", 20, 20),
];

/** Those that may have a dash behind the year. A zone is found by the place of its colon. */
const dashed: readonly Form[] = [
  usual,
  form("????-??-?? ??:??:??,", 24, 23),
  form(`${iso}?????:?? `, 33, 26),
  ...[24, 25, 26, 27, 28, 29].flatMap((colon) =>
    [".", ","].map((mark) => form(`${`${iso}??${mark}`.padEnd(colon, "?")}:`, 33, colon + 3)),
  ),
];

const squid = form("1ddd??????.??d ", 32, 14);

/** Dates of xferlog, snort's and Suricata's fast.log, and Apache's error log. */
const bare: readonly Form[] = [
  form("??? ??? ?? ??:??:?? ???? ? ", 28, 24),
  form("??/??-??:??:??.?????? ", 24, 23),
  form("??/??/????-??:??:??.?????? ", 26, 28),
  form("[??? ??? ?? ??:??:?? ????]", 27, 27),
];

const appleSystemLog = form("[T??? ????.??.?? ??:", 26, 25);

/** `seen` is what the forms are compared with, `text` what is cut. */
function byForm(seen: string, text: string): OssecHeader {
  const { length } = text;
  const date = firstThatFits(seen[4] === "-" ? dashed : dates, seen, length);
  if (date) return ossecNames(text, date.cut);
  const other = firstThatFits(bare, seen, length);
  if (other) return unnamed(text.slice(other.cut));
  if (fits(appleSystemLog, seen, length)) return appleHeader(text, appleSystemLog.cut);
  const elapsed = seen[21] === " " || seen[22] === " ";
  if (elapsed && fits(squid, seen, length))
    return unnamed(text.slice(squid.cut).replace(/^ +/, ""));
  return unnamed(text);
}

function unnamed(log: string): OssecHeader {
  return { host: undefined, program: undefined, log };
}

function firstThatFits(forms: readonly Form[], seen: string, length: number): Form | undefined {
  for (const one of forms) if (fits(one, seen, length)) return one;
  return undefined;
}

function fits({ places, codes, least }: Form, text: string, length: number): boolean {
  if (length < least) return false;
  for (let n = 0; n < places.length; n++) {
    const code = codes[n];
    const found = text.charCodeAt(places[n] ?? 0);
    if (code === digit ? !(found > 47 && found < 58) : found !== code) return false;
  }
  return true;
}

/** In characters: all forms lie within, and a shorter line is looked at whole. */
const farthest = 34;

function hasWideStart(text: string): boolean {
  const end = Math.min(text.length, farthest);
  for (let at = 0; at < end; at++) if (text.charCodeAt(at) > 127) return true;
  return false;
}

function inBytes(text: string): OssecHeader {
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  const { host, program, log } = bytes.startsWith("\u00c3\u00a4", 1)
    ? march(bytes)
    : byForm(bytes, bytes);
  return { host: host && wide(host), program: program && wide(program), log: wide(log) };
}

/** "Mär": OSSEC writes "Ma" over the umlaut and begins one byte later, but cuts the log where it did before. */
function march(bytes: string): OssecHeader {
  const seen = `Ma${bytes.slice(3)}`;
  const header = byForm(seen, bytes);
  // The first byte is a NUL by then, which ends a log that nothing was cut from.
  return header.log === bytes ? { host: undefined, program: undefined, log: "" } : header;
}

function wide(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
