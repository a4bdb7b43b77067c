import { anyChar, charSet, type Folding, folded } from "../chars.ts";
import { type Assertion, nothing, type Syntax } from "../syntax.ts";
import { takeBracket } from "./bracket.ts";
import { takeEscapedChar, unknownEscape } from "./escapes.ts";
import { type Options, takeGroupStart } from "./groups.ts";
import { escapedSets, noNewline } from "./named-sets.ts";
import { takeQuantified } from "./quantifiers.ts";
import { type Reader, refusal, take, takeShape } from "./reader.ts";

interface Pcre2Reader extends Reader {
  groups: number;
  readonly names: Set<string>;
  /** Between `\Q` and `\E`. */
  quoted: boolean;
}

/**
 * Reads PCRE2's language without UTF and with caseless matching, as OSSEC's `<pcre2>` uses it. Throws a `Failure` for
 * what PCRE2 refuses, and for what cannot be matched in linear time: look-around, back-references, recursion, atomic
 * groups and possessive quantifiers. `\K` moves only the start of a match, which nobody asks for, and means nothing.
 */
export function parsePcre2(source: string, caseless: Folding = "ascii"): Syntax {
  const reader: Pcre2Reader = { source, at: 0, groups: 0, names: new Set(), quoted: false };
  const options = {
    folding: caseless,
    dotAll: false,
    multiline: false,
    extended: false,
    ungreedy: false,
  };
  const syntax = takeChoice(reader, { options, caseless, depth: 0 });
  if (reader.at < source.length) {
    throw refusal(reader, [reader.at, reader.at + 1], 'has no "(" before it');
  }
  return syntax;
}

/** The group that is being read. */
interface Scope {
  options: Options;
  /** What "i" turns on. */
  readonly caseless: Folding;
  readonly depth: number;
}

function takeChoice(reader: Pcre2Reader, scope: Scope): Syntax {
  const branches = [takeSequence(reader, scope)];
  while (take(reader, "|")) branches.push(takeSequence(reader, scope));
  const [only] = branches;
  return branches.length === 1 && only ? only : { kind: "choice", branches };
}

function takeSequence(reader: Pcre2Reader, scope: Scope): Syntax {
  const parts: Syntax[] = [];
  skipIgnored(reader, scope.options);
  while (!isAtEnd(reader)) {
    const item = reader.quoted ? takeLiteral(reader, scope.options) : takeItem(reader, scope);
    skipIgnored(reader, scope.options);
    parts.push(reader.quoted ? item : takeQuantified(reader, item, scope.options.ungreedy));
  }
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: "sequence", parts };
}

function isAtEnd(reader: Pcre2Reader): boolean {
  const char = reader.source[reader.at];
  return char === undefined || (!reader.quoted && (char === "|" || char === ")"));
}

/** `\Q`, `\E`, comments, and the white space that "x" allows. */
function skipIgnored(reader: Pcre2Reader, { extended }: Options): void {
  const space = extended ? extendedSpace : comment;
  for (;;) {
    if (take(reader, "\\E")) reader.quoted = false;
    else if (reader.quoted) return;
    else if (take(reader, "\\Q")) reader.quoted = true;
    else if (!takeShape(reader, space)) return;
  }
}

const comment = /\(\?#[^)]*\)/y;
const extendedSpace = /\(\?#[^)]*\)|[ \t\n\v\f\r]+|#[^\n]*/y;

function takeItem(reader: Pcre2Reader, scope: Scope): Syntax {
  takeQuantified(reader, nothing, false);
  const { options } = scope;
  if (take(reader, "\\")) return takeEscape(reader, options);
  if (take(reader, "(")) return takeGroup(reader, scope);
  if (take(reader, "[")) return { kind: "char", set: takeBracket(reader, options.folding) };
  return takeSign(reader, options) ?? takeLiteral(reader, options);
}

function takeSign(reader: Pcre2Reader, { dotAll, multiline }: Options): Syntax | undefined {
  if (take(reader, ".")) return { kind: "char", set: dotAll ? anyChar : noNewline };
  if (take(reader, "^")) return assertion(multiline ? "lineStart" : "start");
  if (take(reader, "$")) return assertion(multiline ? "lineEnd" : "finalEnd");
  return undefined;
}

function takeLiteral(reader: Pcre2Reader, { folding }: Options): Syntax {
  return { kind: "char", set: folded(reader.source.charCodeAt(reader.at++), folding) };
}

function takeEscape(reader: Pcre2Reader, { folding }: Options): Syntax {
  const letter = reader.source[reader.at] ?? "";
  const known = escapedItems.get(letter);
  if (known) {
    reader.at++;
    if (letter === "N" && take(reader, "{U+")) throw unknownEscape(reader);
    return known;
  }
  const char = takeEscapedChar(reader);
  if (char === undefined) throw unknownEscape(reader);
  return { kind: "char", set: folded(char, folding) };
}

function takeGroup(reader: Pcre2Reader, scope: Scope): Syntax {
  const from = reader.at - 1;
  const start = takeGroupStart(reader, scope.options, scope.caseless);
  if (start.kind === "options") {
    scope.options = start.options;
    return nothing;
  }
  if (scope.depth >= deepest) throw refusal(reader, [from, from + 1], "is inside too many others");
  const index = start.kind === "capture" ? ++reader.groups : undefined;
  const options = start.kind === "capture" ? scope.options : start.options;
  const body = takeChoice(reader, { ...scope, options, depth: scope.depth + 1 });
  if (!take(reader, ")")) throw refusal(reader, [from, from + 1], 'has no ")"');
  return index === undefined ? { kind: "sequence", parts: [body] } : { kind: "group", index, body };
}

/** As deep as PCRE2 goes by default. */
const deepest = 250;

const assertion = (name: Assertion): Syntax => ({ kind: "assertion", assertion: name });
const char = (...bounds: number[]): Syntax => ({ kind: "char", set: charSet(...bounds) });

// PCRE2's \R never gives back the newline of a carriage return and a newline.
const newlines: Syntax = {
  kind: "choice",
  branches: [
    { kind: "sequence", parts: [char(0x0d, 0x0d), char(0x0a, 0x0a)] },
    { kind: "sequence", parts: [char(0x0d, 0x0d), assertion("noNewlineNext")] },
    char(0x0a, 0x0c, 0x85, 0x85),
  ],
};

const escapedItems: ReadonlyMap<string, Syntax> = new Map([
  ...[...escapedSets].map(([letter, set]) => [letter, { kind: "char", set }] as const),
  ["N", { kind: "char", set: noNewline }],
  ["R", newlines],
  ["A", assertion("start")],
  ["G", assertion("start")],
  ["Z", assertion("finalEnd")],
  ["z", assertion("end")],
  ["b", assertion("wordEdge")],
  ["B", assertion("noWordEdge")],
  ["K", nothing],
]);
