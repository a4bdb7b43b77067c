import type { Syntax } from "../syntax.ts";

/**
 * The same pattern, not tried behind a character that its beginning would have taken too. `\S+ x` found in the middle of
 * a word would have been found at the word's beginning, which is further left; so only there need it be tried. Holds for
 * each branch that begins with a repeat without end of one character. Saves V8 from trying a word from each letter.
 */
export function gated(syntax: Syntax): Syntax {
  switch (syntax.kind) {
    case "repeat": {
      const { body, max } = syntax;
      if (max !== Number.POSITIVE_INFINITY || body.kind !== "char") return syntax;
      return { kind: "sequence", parts: [{ kind: "notAfter", set: body.set }, syntax] };
    }
    case "sequence": {
      const [first, ...rest] = syntax.parts;
      return first ? { kind: "sequence", parts: [gated(first), ...rest] } : syntax;
    }
    case "choice":
      return { kind: "choice", branches: syntax.branches.map(gated) };
    case "group":
      return { kind: "group", index: syntax.index, body: gated(syntax.body) };
    default:
      return syntax;
  }
}
