import { isNullable, type Syntax } from "../syntax.ts";

/**
 * Whether V8 takes the pattern as PCRE2 does. Two things it takes otherwise: a repeat whose turn may be empty, and a
 * repeat that keeps what a group took in an earlier turn, where V8 forgets it.
 */
export function isFaithful(syntax: Syntax): boolean {
  switch (syntax.kind) {
    case "char":
    case "assertion":
    case "notAfter":
      return true;
    case "sequence":
      return syntax.parts.every(isFaithful);
    case "choice":
      return syntax.branches.every(isFaithful);
    case "group":
      return isFaithful(syntax.body);
    case "repeat": {
      const { body, max } = syntax;
      if (!isFaithful(body) || isNullable(body)) return false;
      return max <= 1 || groupsOf(body, true) === groupsOf(body, false);
    }
  }
}

/** How many groups it has, or how many of them take part in every match. */
function groupsOf(syntax: Syntax, onlyCertain: boolean): number {
  const sum = (parts: readonly Syntax[]) =>
    parts.reduce((count, part) => count + groupsOf(part, onlyCertain), 0);
  switch (syntax.kind) {
    case "char":
    case "assertion":
    case "notAfter":
      return 0;
    case "sequence":
      return sum(syntax.parts);
    case "choice":
      return onlyCertain ? 0 : sum(syntax.branches);
    case "group":
      return 1 + groupsOf(syntax.body, onlyCertain);
    case "repeat":
      return onlyCertain && syntax.min === 0 ? 0 : groupsOf(syntax.body, onlyCertain);
  }
}
