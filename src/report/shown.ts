import { isPrintableAscii, printable } from "../core/printable.ts";

/** Text from outside as a file or a mail may show it: printable, and at most `maxBytes` of UTF-8. Never throws. */
export function shown(text: string, maxBytes: number): string {
  // A character takes at least one byte, so what lies beyond could not stay anyway.
  const head = text.length > maxBytes ? text.slice(0, maxBytes) : text;
  return isPrintableAscii(head) ? head : cut(printable(head), maxBytes);
}

/** The beginning of `text` that fits into `maxBytes` of UTF-8, ending between two characters. */
export function cut(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.from(text.slice(0, maxBytes + 1));
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}

/** One space in front of a line that something downstream would take for more than text. */
export function disarm(line: string, dangerous: RegExp): string {
  return dangerous.test(line) ? ` ${line}` : line;
}
