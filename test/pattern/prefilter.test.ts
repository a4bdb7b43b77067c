import fc from "fast-check";
import { expect, test } from "vitest";
import { compilePattern } from "../../src/pattern/compile.ts";
import type { Dialect } from "../../src/pattern/pattern.ts";
import { openPrefilter } from "../../src/pattern/prefilter.ts";
import { anyCompiled, anyText } from "./random.ts";
import { stockLines, stockPatterns } from "./stock.ts";

const literals = (dialect: Dialect, source: string) => compilePattern(dialect, source).literals;

test.each<[Dialect, string, readonly string[] | undefined]>([
  ["match", "", undefined],
  ["match", "Failed", ["failed"]],
  ["match", "^Failed$", ["failed"]],
  ["match", "one|three", ["one", "three"]],
  ["match", "one||three", undefined],
  ["match", "Ask", ["ask"]],
  ["regex", "Failed \\S+ for (\\S+)", ["failed "]],
  ["pcre2", "Failed \\S+ for invalid (\\S+)", [" for invalid "]],
  ["pcre2", "(a|b)cd(e?)f", ["acdf", "acdef", "bcdf", "bcdef"]],
  ["pcre2", "x(foo|barbar)*y", ["x"]],
  ["pcre2", "x(foobar)+y", ["foobar"]],
  ["pcre2", "ab{1}c", ["abc"]],
  ["pcre2", "ab{1,2}c", ["a"]],
  ["pcre2", "ab{2}c", ["a"]],
  ["pcre2", "ab{0}c", ["ac"]],
  ["pcre2", "ab?c", ["ac", "abc"]],
  ["pcre2", "(one)?", undefined],
  ["pcre2", "\\d+", undefined],
  ["pcre2", "(?:error|warn.*ing): \\d", ["error", "warn"]],
  ["pcre2", "é", ["é"]],
])("%s %j needs %j", (dialect, source, expected) => {
  expect(literals(dialect, source)).toEqual(expected);
});

/** A text as `literals` wants it read. */
const folded = (text: string) =>
  text
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replaceAll("ſ", "s")
    .replaceAll("\u212A", "k");

test("every text that matches has one of the literals, and gets through the prefilter", () => {
  let hits = 0;
  const property = fc.property(
    fc.array(anyCompiled, { minLength: 4, maxLength: 4 }),
    fc.array(anyText, { minLength: 8, maxLength: 8 }),
    (patterns, texts) => {
      const prefilter = openPrefilter(patterns);
      for (const [text, number] of texts.flatMap((one) =>
        patterns.map((_, at) => [one, at] as const),
      )) {
        const pattern = patterns[number];
        if (!pattern?.test(text)) continue;
        prefilter.scan(text);
        expect(prefilter.mayMatch(number), pattern.source).toBe(true);
        const { literals: needed = [folded(text)] } = pattern;
        expect(
          needed.some((literal) => folded(text).includes(literal)),
          pattern.source,
        ).toBe(true);
        hits++;
      }
    },
  );
  fc.assert(property, { numRuns: 1000 });
  expect(hits).toBeGreaterThan(1000);
});

test("no line of OSSEC's own tests loses a pattern, and few are left to try", () => {
  const patterns = stockPatterns().map(({ dialect, source }) => compilePattern(dialect, source));
  const prefilter = openPrefilter(patterns);
  const lines = stockLines().filter((_, number) => number % 20 === 0);
  let [tried, lost] = [0, 0];
  for (const line of lines) {
    prefilter.scan(line);
    for (const [number, pattern] of patterns.entries()) {
      if (prefilter.mayMatch(number)) tried++;
      else if (pattern.test(line)) lost++;
    }
  }
  expect(lost).toBe(0);
  expect(tried / lines.length).toBeLessThan(patterns.length / 4);
});

test("letters in any case, of any script, and half characters do it no harm", () => {
  const sources = ["Disk FULL", "été", "straße", "ключ", "😀 smile"];
  const patterns = sources.map((source) => compilePattern("match", source));
  const prefilter = openPrefilter(patterns);
  for (const [number, text] of [
    "di\u017F\u212A full",
    "ÉTÉ",
    "STRAßE",
    "КЛЮЧ",
    "😀 SMILE",
  ].entries()) {
    const padded = `\uD800 ${text} \uDC00\u0000`;
    prefilter.scan(padded);
    expect(patterns[number]?.test(padded)).toBe(true);
    expect(prefilter.mayMatch(number)).toBe(true);
  }
  prefilter.scan("nothing of the kind");
  expect(sources.map((_, number) => prefilter.mayMatch(number))).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("words inside and behind one another are all found", () => {
  const sources = ["hers", "she sells", "shells", "herself", "ers", "lls"];
  const patterns = sources.map((source) => compilePattern("match", source));
  const prefilter = openPrefilter(patterns);
  for (const text of ["ushers", "she sells shells herself", "she sellshells", "sheherself", ""]) {
    prefilter.scan(text);
    const found = sources.filter((_, number) => prefilter.mayMatch(number));
    expect(found).toEqual(sources.filter((source) => text.includes(source)));
  }
});

test("patterns with no literal, or a very short one, may always match", () => {
  const patterns = ["\\d+", "a?", "^5$", "x"].map((source) => compilePattern("pcre2", source));
  const prefilter = openPrefilter(patterns);
  prefilter.scan("nothing");
  expect(patterns.map((_, number) => prefilter.mayMatch(number))).toEqual([true, true, true, true]);
});

test("a selection finds, in order, those that may match and those without a number", () => {
  const patterns = stockPatterns()
    .slice(0, 300)
    .map(({ dialect, source }) => compilePattern(dialect, source));
  const prefilter = openPrefilter(patterns);
  const wanted = patterns.map((_, number) => (number % 40 === 7 ? undefined : 299 - number));
  const few = [12, undefined, 11];
  const selections = [wanted, few, []].map((indexes) => ({
    indexes,
    selection: prefilter.select(indexes),
  }));
  for (const text of stockLines().slice(0, 400)) {
    prefilter.scan(text);
    for (const { indexes, selection } of selections) {
      const found: number[] = [];
      for (let at = selection.next(0); at >= 0; at = selection.next(at + 1)) found.push(at);
      const fitting = indexes.flatMap((index, place) =>
        index === undefined || prefilter.mayMatch(index) ? [place] : [],
      );
      expect(found).toEqual(fitting);
    }
  }
});
