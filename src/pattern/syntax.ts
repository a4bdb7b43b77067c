import type { CharSet } from "./chars.ts";

/**
 * A pattern of any dialect, taken apart. Cases are folded already, so that nothing below knows of them.
 * Groups are numbered from 1 in the order of their parentheses.
 */
export type Syntax =
  | { readonly kind: "char"; readonly set: CharSet }
  | { readonly kind: "assertion"; readonly assertion: Assertion }
  /** The character before, if there is one, is not of the set. No dialect has it; it makes patterns faster. */
  | { readonly kind: "notAfter"; readonly set: CharSet }
  | { readonly kind: "sequence"; readonly parts: readonly Syntax[] }
  | { readonly kind: "choice"; readonly branches: readonly Syntax[] }
  | {
      readonly kind: "repeat";
      readonly body: Syntax;
      readonly min: number;
      /** Infinity when there is no end. */
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly kind: "group"; readonly index: number; readonly body: Syntax };

/** What holds between two characters, or does not. */
export type Assertion =
  | "start"
  | "end"
  /** At the end, or before a newline that is the last character. */
  | "finalEnd"
  | "lineStart"
  | "lineEnd"
  | "wordEdge"
  | "noWordEdge"
  | "noNewlineNext";

export const nothing: Syntax = { kind: "sequence", parts: [] };

/** Whether it can match an empty text. */
export function isNullable(syntax: Syntax): boolean {
  switch (syntax.kind) {
    case "char":
      return false;
    case "assertion":
    case "notAfter":
      return true;
    case "sequence":
      return syntax.parts.every(isNullable);
    case "choice":
      return syntax.branches.some(isNullable);
    case "repeat":
      return syntax.min === 0 || isNullable(syntax.body);
    case "group":
      return isNullable(syntax.body);
  }
}
