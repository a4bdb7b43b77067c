import { type CharSet, charSet, type Folding, foldedSet, negated, union } from "../chars.ts";
import { takeEscapedChar, unknownEscape } from "./escapes.ts";
import { escapedSets, posixSets } from "./named-sets.ts";
import { type Reader, refusal, take, takeShape } from "./reader.ts";

/** Reads `[…]`; the reader stands behind the first bracket (pcre2pattern(3), "Square brackets"). */
export function takeBracket(reader: Reader, folding: Folding): CharSet {
  const from = reader.at - 1;
  const isNegated = take(reader, "^");
  const sets: CharSet[] = [];
  let quoted = false;
  for (;;) {
    quoted = skipQuotes(reader, quoted);
    if (reader.at >= reader.source.length) throw refusal(reader, [from, from + 1], 'has no "]"');
    if (!quoted && sets.length > 0 && take(reader, "]")) break;
    sets.push(takeMember(reader, quoted, folding));
  }
  const set = foldedSet(union(...sets), folding);
  return isNegated ? negated(set) : set;
}

/** Whether what follows is quoted by `\Q`. */
function skipQuotes(reader: Reader, wasQuoted: boolean): boolean {
  let quoted = wasQuoted;
  for (;;) {
    if (take(reader, "\\E")) quoted = false;
    else if (!quoted && take(reader, "\\Q")) quoted = true;
    else return quoted;
  }
}

function takeMember(reader: Reader, quoted: boolean, folding: Folding): CharSet {
  const from = reader.at;
  const first = takeSingle(reader, quoted, folding);
  const [dash, after] = [reader.source[reader.at], reader.source[reader.at + 1]];
  if (quoted || dash !== "-" || after === "]" || after === undefined) return asSet(first);
  reader.at++;
  const last = takeSingle(reader, false, folding);
  const place = [from, reader.at] as const;
  if (typeof first !== "number" || typeof last !== "number") {
    throw refusal(reader, place, "is not a range of characters");
  }
  if (first > last) throw refusal(reader, place, "is a range whose end comes before its beginning");
  return charSet(first, last);
}

/** One character or one named set. */
function takeSingle(reader: Reader, quoted: boolean, folding: Folding): number | CharSet {
  if (!quoted && take(reader, "\\")) return takeEscape(reader);
  const posix = quoted ? undefined : takePosix(reader, folding);
  return posix ?? reader.source.charCodeAt(reader.at++);
}

function takeEscape(reader: Reader): number | CharSet {
  if (take(reader, "b")) return 0x08;
  const octal = takeShape(reader, /[1-7][0-7]{0,2}/y);
  if (octal) return Number.parseInt(octal[0], 8) & 0xff;
  const set = escapedSets.get(reader.source[reader.at] ?? "");
  if (set) {
    reader.at++;
    return set;
  }
  const char = takeEscapedChar(reader);
  if (char === undefined) throw unknownEscape(reader);
  return char;
}

/** `[:name:]` and `[:^name:]`. Without a known name it is an error, without an end just a bracket, as in PCRE2. */
function takePosix(reader: Reader, folding: Folding): CharSet | undefined {
  const from = reader.at;
  const found = takeShape(reader, /\[([:.=])(\^?)([^\]\\]*?)\1\]/y);
  if (!found) return undefined;
  const set = found[1] === ":" ? posixSets.get(found[3] ?? "") : undefined;
  if (!set) throw refusal(reader, [from, reader.at], "is not a class that PCRE2 knows");
  const wide = foldedSet(set, folding);
  return found[2] ? negated(wide) : wide;
}

function asSet(single: number | CharSet): CharSet {
  return typeof single === "number" ? [single, single] : single;
}
