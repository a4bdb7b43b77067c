import { anyChar, type CharSet, negated } from "../chars.ts";
import type { Assertion, Syntax } from "../syntax.ts";

/** The same pattern for V8, which is to have no flags. */
export function emit(syntax: Syntax): string {
  switch (syntax.kind) {
    case "char":
      return emitSet(syntax.set);
    case "assertion":
      return assertions[syntax.assertion];
    case "notAfter":
      return `(?<!${emitSet(syntax.set)})`;
    case "sequence":
      return syntax.parts.map(emitPart).join("");
    case "choice":
      return syntax.branches.map(emit).join("|");
    case "repeat":
      return emitAtom(syntax.body) + quantifier(syntax);
    case "group":
      return `(${emit(syntax.body)})`;
  }
}

/** One set as V8 writes it. */
function emitSet(set: CharSet): string {
  if (set.length === 2 && set[0] === set[1]) return escaped(set[0] ?? 0);
  const isLarge = set.at(-1) === anyChar[1];
  return isLarge ? `[^${ranges(negated(set))}]` : `[${ranges(set)}]`;
}

function emitPart(syntax: Syntax): string {
  return syntax.kind === "choice" ? `(?:${emit(syntax)})` : emit(syntax);
}

function emitAtom(syntax: Syntax): string {
  const isAtom = syntax.kind === "char" || syntax.kind === "group";
  return isAtom ? emit(syntax) : `(?:${emit(syntax)})`;
}

function quantifier({ min, max, lazy }: Syntax & { kind: "repeat" }): string {
  const end = max === Number.POSITIVE_INFINITY ? "" : max;
  return `{${min},${end}}${lazy ? "?" : ""}`;
}

function ranges(set: CharSet): string {
  let text = "";
  for (let at = 0; at < set.length; at += 2) {
    const [from = 0, to = 0] = [set[at], set[at + 1]];
    text += escaped(from);
    if (to > from) text += `${to > from + 1 ? "-" : ""}${escaped(to)}`;
  }
  return text;
}

function escaped(code: number): string {
  const char = String.fromCharCode(code);
  return /[A-Za-z0-9 ]/.test(char) ? char : `\\u${code.toString(16).padStart(4, "0")}`;
}

const assertions: Readonly<Record<Assertion, string>> = {
  start: "^",
  end: "$",
  finalEnd: "(?=\\n?$)",
  lineStart: "(?:^|(?<=\\n)(?!$))",
  lineEnd: "(?![^\\n])",
  wordEdge: "\\b",
  noWordEdge: "\\B",
  noNewlineNext: "(?!\\n)",
};
