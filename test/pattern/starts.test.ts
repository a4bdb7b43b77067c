import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadDecoders } from "../../src/decode/decoders/load.ts";
import { ossecHeader } from "../../src/decode/ossec-header.ts";
import { compilePattern } from "../../src/pattern/compile.ts";
import { openStarts } from "../../src/pattern/starts.ts";
import { shared } from "../shared.ts";

function numbers(sources: readonly string[], text: string): number[] {
  const starts = openStarts(sources.map((source) => compilePattern("pcre2", source)));
  starts.read(text);
  const found: number[] = [];
  for (let at = starts.next(0); at >= 0; at = starts.next(at + 1)) found.push(at);
  return found;
}

test.each([
  ["^abc", "ABCD", true],
  ["^abc", "abd", false],
  ["^abc", "ab", false],
  ["abc", "x", true],
  ["^a|b", "x", true],
  ["^a|^b", "x", false],
  ["^a|^b", "B", true],
  ["^(?:a|bc)d", "x", false],
  ["^a?b", "x", true],
  ["^a?", "", true],
  ["^", "", true],
  ["^a{2,}b", "ab", false],
  ["^a{2,}b", "aab", true],
  ["^(ab){2}c", "ababd", false],
  ["^\\d+ x", "1", true],
  ["^\\d+ x", "y", false],
  ["(^a)b", "b", false],
  ["^é", "é", true],
  ["^[^a]", "é", true],
  ["^a*b", "x", true],
  ["(?:^a|)b", "x", true],
])("%s on %j: may match is %s", (source, text, may) => {
  expect(numbers([source], text)).toEqual(may ? [0] : []);
});

test("many patterns at once, beyond a word of bits", () => {
  const sources = Array.from({ length: 70 }, (_, number) => (number % 7 === 0 ? "^b" : "^a"));
  expect(numbers(sources, "b")).toEqual([0, 7, 14, 21, 28, 35, 42, 49, 56, 63]);
  expect(numbers(sources, "c")).toEqual([]);
  expect(numbers([], "c")).toEqual([]);
});

test("no pattern that matches is left out, over every stock decoder and line", () => {
  const { withProgram, withoutProgram } = loadDecoders([shared("conformance/ossec/decoder.xml")]);
  const tops = [...withProgram, ...withoutProgram];
  const patterns = tops.flatMap((top) =>
    [top, ...top.chains.flat()].flatMap(({ prematch, regex }) =>
      [prematch ?? [], regex ?? []].flat(),
    ),
  );
  const starts = openStarts(patterns);
  const rows = readFileSync(shared("conformance/ossec/oracle.jsonl"), "utf8").trim().split("\n");
  let saved = 0;
  for (const row of rows.filter((_, index) => index % 5 === 0)) {
    const { log } = ossecHeader(JSON.parse(row).line);
    starts.read(log);
    for (const [number, pattern] of patterns.entries()) {
      const may = starts.next(number) === number;
      if (!may) saved += 1;
      if (!may && pattern.test(log)) throw new Error(`${pattern.source} is left out: ${log}`);
    }
  }
  expect(saved).toBeGreaterThan(rows.length * 20);
});
