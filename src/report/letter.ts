import { printable } from "../core/printable.ts";
import { cut } from "./shown.ts";

export interface LetterHead {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  /** Milliseconds since 1970. */
  readonly date: number;
  /** Of the worst alert in it. */
  readonly rule: number;
  readonly level: number;
  readonly alert: string;
  /** Which server sends it, where it has an identity. */
  readonly server?: string | undefined;
}

/**
 * Writes an RFC 5322 message. The text stays as it is (7bit or 8bit, so its lines must be at most 998 bytes): encoded as
 * quoted-printable it could not be read in a local mailbox, and a soft line break could put "~!" back at the
 * beginning of a line. Nothing in the head can begin a new header line.
 */
export function letter(head: LetterHead, text: string): string {
  const headers = [
    ["From", `Stockade HIDS <${printable(head.from)}>`],
    ["To", head.to.map(printable).join(",\r\n ")],
    ["Subject", subjectWords(printable(head.subject))],
    ["Date", new Date(head.date).toUTCString().replace("GMT", "+0000")],
    ["Message-ID", printable(head.messageId)],
    ["Auto-Submitted", "auto-generated"],
    ["X-Stockade-Rule", head.rule],
    ["X-Stockade-Level", head.level],
    ["X-Stockade-Alert", printable(head.alert)],
    ...(head.server === undefined ? [] : [["X-Stockade-Server", head.server]]),
    ["MIME-Version", "1.0"],
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Transfer-Encoding", isAscii(text) ? "7bit" : "8bit"],
  ];
  const body = text.split("\n").join("\r\n");
  return `${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}\r\n`;
}

const maxSubjectBytes = 400;
/** RFC 2047: an encoded word is at most 75 characters long. */
const maxWordBytes = 42;

function subjectWords(subject: string): string {
  let rest = cut(subject, maxSubjectBytes);
  if (isAscii(rest) && !rest.includes("=?")) return rest;
  const words: string[] = [];
  while (rest !== "") {
    const piece = cut(rest, maxWordBytes);
    words.push(`=?UTF-8?B?${Buffer.from(piece).toString("base64")}?=`);
    rest = rest.slice(piece.length);
  }
  return words.join("\r\n ");
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
