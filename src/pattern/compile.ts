import type { Dialect, Pattern } from "./pattern.ts";

/** Compiles a pattern. Throws a `Failure` that says what in it is not possible. */
export function compilePattern(_dialect: Dialect, source: string): Pattern {
  const expression = new RegExp(source, "i");
  return {
    source,
    literals: undefined,
    test: (text) => expression.test(text),
    find(text) {
      const found = expression.exec(text);
      if (!found) return undefined;
      const groups = found.slice(1).filter((group) => group !== undefined);
      return { end: found.index + found[0].length, groups };
    },
  };
}
