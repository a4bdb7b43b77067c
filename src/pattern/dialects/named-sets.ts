import { type CharSet, charSet, charsOf, negated, union } from "../chars.ts";

const digit = charsOf("0123456789");
const upper = charSet(0x41, 0x5a);
const lower = charSet(0x61, 0x7a);
const alpha = union(upper, lower);
const alnum = union(alpha, digit);
const word = union(alnum, charsOf("_"));
const space = charsOf(" \t\n\v\f\r");
const horizontal = charsOf("\t \u00A0");
const vertical = charsOf("\n\v\f\r\u0085");
const graph = charSet(0x21, 0x7e);

/** What `.` and `\N` stand for. */
export const noNewline: CharSet = negated(charsOf("\n"));

/** The sets that a letter behind a backslash names (pcre2pattern(3), "Generic character types", without UTF). */
export const escapedSets: ReadonlyMap<string, CharSet> = new Map([
  ["d", digit],
  ["D", negated(digit)],
  ["w", word],
  ["W", negated(word)],
  ["s", space],
  ["S", negated(space)],
  ["h", horizontal],
  ["H", negated(horizontal)],
  ["v", vertical],
  ["V", negated(vertical)],
]);

/** The sets of `[:name:]` (pcre2pattern(3), "POSIX character classes", in the C locale). */
export const posixSets: ReadonlyMap<string, CharSet> = new Map([
  ["alnum", alnum],
  ["alpha", alpha],
  ["ascii", charSet(0, 0x7f)],
  ["blank", charsOf(" \t")],
  ["cntrl", charSet(0, 0x1f, 0x7f, 0x7f)],
  ["digit", digit],
  ["graph", graph],
  ["lower", lower],
  ["print", charSet(0x20, 0x7e)],
  ["punct", charSet(0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e)],
  ["space", space],
  ["upper", upper],
  ["word", word],
  ["xdigit", union(digit, charSet(0x41, 0x46, 0x61, 0x66))],
]);
