import { RE2JS } from "re2js";
import { anyChar } from "../../src/pattern/chars.ts";
import type { Found } from "../../src/pattern/pattern.ts";
import type { Syntax } from "../../src/pattern/syntax.ts";

/**
 * The pattern in another matcher that takes linear time, as a second opinion; undefined where RE2 has no word for it.
 * RE2 knows no newline before the end: texts must not end in one when the pattern asks for the end.
 */
export function openRe2(syntax: Syntax): ((text: string) => Found | undefined) | undefined {
  const source = write(syntax);
  if (source === undefined) return undefined;
  const pattern = RE2JS.compile(source);
  return (text) => {
    const matcher = pattern.matcher(text);
    if (!matcher.find()) return undefined;
    const groups = Array.from({ length: matcher.groupCount() }, (_, at) => matcher.group(at + 1));
    return { end: matcher.end(), groups: groups.filter((group) => group !== null) };
  };
}

function write(syntax: Syntax): string | undefined {
  switch (syntax.kind) {
    case "char":
      return writeSet(syntax.set);
    case "assertion":
      return assertions.get(syntax.assertion);
    case "notAfter":
      return undefined;
    case "sequence":
      return writeAll(syntax.parts, "");
    case "choice":
      return writeAll(syntax.branches, "|");
    case "repeat": {
      const end = syntax.max === Number.POSITIVE_INFINITY ? "" : syntax.max;
      const body = write(syntax.body);
      return body && `(?:${body}){${syntax.min},${end}}${syntax.lazy ? "?" : ""}`;
    }
    case "group": {
      const body = write(syntax.body);
      return body && `(${body})`;
    }
  }
}

function writeAll(parts: readonly Syntax[], between: string): string | undefined {
  const texts = parts.map(write);
  return texts.includes(undefined) ? undefined : `(?:${texts.join(between)})`;
}

const hex = (code: number) => `\\x{${code.toString(16)}}`;

function writeSet(set: readonly number[]): string {
  const ranges: string[] = [];
  for (let at = 0; at < set.length; at += 2) {
    const to = set[at + 1] === anyChar[1] ? 0x10ffff : (set[at + 1] ?? 0);
    ranges.push(`${hex(set[at] ?? 0)}-${hex(to)}`);
  }
  return `[${ranges.join("")}]`;
}

const assertions: ReadonlyMap<string, string> = new Map([
  ["start", "\\A"],
  ["end", "\\z"],
  ["finalEnd", "\\z"],
  ["wordEdge", "\\b"],
  ["noWordEdge", "\\B"],
]);
