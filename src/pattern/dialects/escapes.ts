import { type Reader, refusal, take, takeShape } from "./reader.ts";

/**
 * The code of a character written as `\n`, `\x41`, `\o{101}`, `\cA` or with a backslash that takes its meaning away.
 * The reader stands behind the backslash; returns undefined, and stays, when something else than a character is named.
 */
export function takeEscapedChar(reader: Reader): number | undefined {
  const char = reader.source[reader.at];
  if (char === undefined)
    throw refusal(reader, end(reader), "a character must follow the last backslash");
  const plain = controls.get(char);
  if (plain !== undefined || !/[A-Za-z0-9]/.test(char)) {
    reader.at++;
    return plain ?? char.charCodeAt(0);
  }
  return takeNumbered(reader) ?? takeControl(reader);
}

/** Refuses the escape at the reader, which stands behind its backslash. */
export function unknownEscape(reader: Reader): Error {
  const char = reader.source[reader.at] ?? "";
  const place = [reader.at - 1, reader.at + 1] as const;
  const known = impossible.get(char);
  if (known) return refusal(reader, place, known);
  if (/[1-9]/.test(char)) {
    return refusal(reader, place, "is a back-reference, which cannot be matched in linear time");
  }
  return refusal(reader, place, "is not an escape that PCRE2 knows");
}

const controls: ReadonlyMap<string, number> = new Map([
  ["a", 0x07],
  ["e", 0x1b],
  ["f", 0x0c],
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
]);

const backReference = "is a back-reference, which cannot be matched in linear time";
const impossible: ReadonlyMap<string, string> = new Map([
  ["g", "is a back-reference or a recursion, which cannot be matched in linear time"],
  ["k", backReference],
  ["p", "names a Unicode property; OSSEC matches bytes"],
  ["P", "names a Unicode property; OSSEC matches bytes"],
  ["X", "names a Unicode grapheme; OSSEC matches bytes"],
  ["C", "names one byte of a character; write [\\s\\S] for any character"],
]);

function takeNumbered(reader: Reader): number | undefined {
  const from = reader.at - 1;
  const hex = takeShape(reader, /x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{0,2})(?!\{))/y);
  const octal = hex ? undefined : takeShape(reader, /o\{([0-7]+)\}|(0[0-7]{0,2}|[1-3][0-7]{2})/y);
  const found = hex ?? octal;
  if (!found) return undefined;
  const code = Number.parseInt(found[1] ?? found[2] ?? "", hex ? 16 : 8) || 0;
  if (code > 0xff) throw refusal(reader, [from, reader.at], "is larger than a byte");
  return code;
}

function takeControl(reader: Reader): number | undefined {
  const from = reader.at - 1;
  if (!take(reader, "c")) return undefined;
  const char = reader.source[reader.at];
  if (char === undefined || !/[ -~]/.test(char)) {
    throw refusal(reader, [from, reader.at], "must be followed by an ASCII character");
  }
  reader.at++;
  return char.toUpperCase().charCodeAt(0) ^ 0x40;
}

function end({ source }: Reader): readonly [number, number] {
  return [source.length, source.length];
}
