/**
 * Makes text from outside safe to show: control characters (C0, DEL, C1), line separators and the invisible
 * characters that reorder text become visible escapes. Everything in a log line may be written by an attacker
 * who aims at the terminal, the mail reader or the web page where it ends up.
 */
export function printable(text: string): string {
  return hazard.test(text) ? text.replace(everyHazard, visibly) : text;
}

/** Below this length a loop is faster than the call of a regular expression. */
const short = 32;
const ascii = /^[ -~]*$/;
let lastAscii = "";

/**
 * Whether the text is ASCII without control characters: what nearly all log text is. It remembers the last long one that is:
 * a line is asked about when it is read, and again when it is written.
 */
export function isPrintableAscii(text: string): boolean {
  if (text.length <= short) return isShortAscii(text);
  if (text === lastAscii) return true;
  const is = ascii.test(text);
  if (is) lastAscii = text;
  return is;
}

function isShortAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

const hazardous =
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb]";
const hazard = new RegExp(hazardous);
const everyHazard = new RegExp(hazardous, "g");

function visibly(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}
