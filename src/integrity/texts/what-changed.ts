import { isUtf8 } from "node:buffer";
import { printable } from "../../core/printable.ts";
import type { HidingOption } from "../cover.ts";
import type { BytePath } from "../entry.ts";
import { holdsKey, isSecretName, masked } from "./secret.ts";
import { unifiedLines } from "./unified.ts";

/** Of one difference; the rest is in the file. */
const mostLines = 100;
const mostCharacters = 8_000;
const longestLine = 400;
/** Texts with more lines are not compared. */
const mostCompared = 20_000;

/**
 * What may be kept of a file to show the next difference from: its text with passwords left out, so that no secret is copied
 * anywhere. Undefined where nothing may: keys, files for secrets, and what is no text.
 */
export function keepable(path: BytePath, content: Uint8Array): Uint8Array | undefined {
  if (isSecretName(path) || isBinary(content)) return undefined;
  const text = Buffer.from(content).toString("latin1");
  if (holdsKey(text)) return undefined;
  return Buffer.from(text.split("\n").map(masked).join("\n"), "latin1");
}

interface Versions {
  /** As `keepable` gave it; undefined where there was no file, "unknown" where nothing was kept of it. */
  readonly before: Uint8Array | "unknown" | undefined;
  /** What it holds now; undefined where it is gone, "unknown" where that was not read. */
  readonly after: Uint8Array | "unknown" | undefined;
}

/**
 * The difference between two versions of a text as lines for people: printable, cut where it is long, which is said. Undefined
 * where there is nothing to show. `hiddenBy`: the setting by which the admin does not want to see this file's.
 */
export function whatChanged(
  path: BytePath,
  { before, after }: Versions,
  hiddenBy?: HidingOption,
): string | undefined {
  if (hiddenBy === "report_changes" || !(before || after)) return undefined;
  if (hiddenBy === "nodiff") return "<Diff truncated because nodiff option>";
  if (!isRead(before) && !isRead(after)) return undefined;
  if (isSecretName(path)) return "(not shown: the file holds secrets)";
  if (after === "unknown") return "(not shown: it is too long)";
  // What an older version of Stockade kept may hold what is a secret to this one.
  return fromKept(showable(path, before), showable(path, after));
}

/** As it may be shown, or why it may not. */
function showable(path: BytePath, content: Versions["before"]): Uint8Array | string | undefined {
  return isRead(content) ? (keepable(path, content) ?? whyNot(content)) : content;
}

function fromKept(
  before: Uint8Array | string | undefined,
  now: Uint8Array | string | undefined,
): string {
  if (typeof now === "string") return now;
  if (before === "unknown") return "(not shown: what it held before was not kept)";
  return typeof before === "string" ? before : compared(linesOf(before), linesOf(now));
}

function whyNot(content: Uint8Array): string {
  return `(not shown: ${isBinary(content) ? "it is no text" : "the file holds a key"})`;
}

function isRead(content: Versions["before"]): content is Uint8Array {
  return content !== undefined && content !== "unknown";
}

function compared(before: readonly string[], after: readonly string[]): string {
  const lines = diffLines(before, after);
  if (!lines) return "(not shown: it has too many lines)";
  if (lines.length === 0) return "(only what looks like a secret, or the last line's end)";
  return shortened(lines.map(shown));
}

function diffLines(before: readonly string[], after: readonly string[]): string[] | undefined {
  if (before.length > mostCompared || after.length > mostCompared) return undefined;
  return unifiedLines(before, after);
}

function linesOf(content: Uint8Array = new Uint8Array()): string[] {
  const text = Buffer.from(content).toString("latin1");
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Text has no zero byte, and few control characters. */
function isBinary(content: Uint8Array): boolean {
  const first = content.subarray(0, 8192);
  if (first.includes(0)) return true;
  const strange = first.filter(
    (byte) => byte < 9 || (byte > 13 && byte < 27) || byte === 127,
  ).length;
  return strange > first.length / 20;
}

/** One line for people: control and reordering characters are escaped, tabs are spaces. */
function shown(line: string): string {
  const bytes = Buffer.from(line.slice(0, longestLine), "latin1");
  const text = isUtf8(bytes) ? bytes.toString("utf8") : bytes.toString("latin1");
  const rest = line.length > longestLine ? `… (${line.length - longestLine} more bytes)` : "";
  return text.split("\t").map(printable).join("    ") + rest;
}

function shortened(lines: readonly string[]): string {
  let room = mostCharacters;
  const taken = lines.slice(0, mostLines).filter((line) => {
    room -= line.length + 1;
    return room >= 0;
  });
  const left = lines.length - taken.length;
  const end = left > 0 ? [`... diff was truncated: ${left} more lines`] : [];
  return [...taken, ...end].join("\n");
}
