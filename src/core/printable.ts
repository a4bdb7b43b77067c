/**
 * Makes text from outside safe to show: control characters (C0, DEL, C1), line separators and the invisible
 * characters that reorder text become visible escapes. Everything in a log line may be written by an attacker
 * who aims at the terminal, the mail reader or the web page where it ends up.
 */
export function printable(text: string): string {
  return hazard.test(text) ? text.replace(everyHazard, visibly) : text;
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
