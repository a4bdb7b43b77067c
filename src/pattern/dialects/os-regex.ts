import type { Syntax } from "../syntax.ts";
import { parsePcre2 } from "./pcre2.ts";
import { refusal } from "./reader.ts";

/**
 * Reads OS_Regex by translating it to PCRE2 as OSSEC 4 does (os_converter.c); the dialect is what comes out of that.
 * Quantifiers are lazy but for the last of the pattern or of an alternative.
 */
export function parseOsRegex(source: string): Syntax {
  let translated = "";
  const open: number[] = [];
  for (let at = 0; at < source.length; at++) {
    if (source[at] === "\\") translated += escaped(source, at++);
    else {
      balance(source, at, open);
      translated += plain(source, at);
    }
  }
  const [first] = open;
  if (first !== undefined) throw refusal({ source }, [first, first + 1], 'has no ")"');
  return parsePcre2(translated.replace(lastQuantifier, "$1"), "unicode");
}

const lastQuantifier = /(?<!\\)([+*])\?(?=\)*(?:\||$))/g;

function balance(source: string, at: number, open: number[]): void {
  if (source[at] === "(") open.push(at);
  if (source[at] === ")" && open.pop() === undefined) {
    throw refusal({ source }, [at, at + 1], 'has no "(" before it');
  }
}

function plain(source: string, at: number): string {
  const char = source[at] ?? "";
  if (char === "$") return "\\z";
  if (char === "+" || char === "*") return source[at - 2] === "\\" ? `${char}?` : `\\${char}`;
  return ".[]{}?".includes(char) ? `\\${char}` : char;
}

function escaped(source: string, at: number): string {
  const pair = source.slice(at, at + 2);
  if (pair === "\\") {
    throw refusal({ source }, [at, at + 1], "has no character behind it");
  }
  const meaning = meanings.get(pair) ?? (/[$(){}[\]\\|<t]/.test(pair[1] ?? "") ? pair : undefined);
  if (meaning !== undefined) return meaning;
  throw refusal(
    { source },
    [at, at + 2],
    "is not an escape of OS_Regex",
    'in <regex> only letters of OSSEC and $ ( ) { } [ ] | < and \\ follow a "\\"; others stand for themselves',
  );
}

const meanings: ReadonlyMap<string, string> = new Map([
  ["\\d", "[0-9]"],
  ["\\D", "[^0-9]"],
  ["\\w", "[A-Za-z0-9@_-]"],
  ["\\W", "[^A-Za-z0-9@_-]"],
  ["\\s", "[ ]"],
  ["\\S", "[^ ]"],
  ["\\p", "[()*+,.:;<=>?\\[\\]!\"'#%&$|{}-]"],
  ["\\.", "(?s:.)"],
]);
