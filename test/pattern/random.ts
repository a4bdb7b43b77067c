import fc from "fast-check";
import { compilePattern } from "../../src/pattern/compile.ts";
import type { Pattern } from "../../src/pattern/pattern.ts";

const atom = fc.constantFrom("a", "b", "ab", "[ab]", "[^a]", ".", "\\w", "\\s", " ", "\\d", "1");
const assertion = fc.constantFrom("^", "$", "\\b", "\\B", "\\z", "\\A");
const quantifier = fc.constantFrom("*", "+", "?", "{2}", "{0,2}", "{1,}", "{1,3}");
const lazy = fc.constantFrom("", "", "?");

const { pattern } = fc.letrec<{ pattern: string; sequence: string; item: string }>((tie) => ({
  pattern: fc
    .array(tie("sequence"), { minLength: 1, maxLength: 3 })
    .map((branches) => branches.join("|")),
  sequence: fc.array(tie("item"), { minLength: 1, maxLength: 4 }).map((items) => items.join("")),
  item: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: atom, weight: 6 },
    { arbitrary: assertion, weight: 1 },
    {
      arbitrary: fc.tuple(atom, quantifier, lazy).map(([one, many, end]) => repeat(one, many, end)),
      weight: 4,
    },
    {
      arbitrary: fc
        .tuple(fc.constantFrom("(", "(?:"), tie("pattern"))
        .map(([open, body]) => `${open}${body})`),
      weight: 2,
    },
    {
      arbitrary: fc
        .tuple(fc.constantFrom("(", "(?:"), tie("pattern"), quantifier, lazy)
        .map(([open, body, many, end]) => `${open}${body})${many}${end}`),
      weight: 2,
    },
  ),
}));

function repeat(one: string, many: string, end: string): string {
  return one === "ab" ? `(?:ab)${many}${end}` : `${one}${many}${end}`;
}

/** Patterns of PCRE2 that make the most of few characters. */
export const anyPattern: fc.Arbitrary<string> = pattern;

/** Short texts of the characters that those patterns tell apart. */
export const anyText: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom("a", "b", "B", " ", "1", "-", "\n"),
  maxLength: 14,
});

/** The same, compiled; without those few whose repeats are refused. */
export const anyCompiled: fc.Arbitrary<Pattern> = anyPattern
  .map(compiled)
  .filter((one) => one !== undefined);

function compiled(source: string): Pattern | undefined {
  try {
    return compilePattern("pcre2", source);
  } catch {
    return undefined;
  }
}
