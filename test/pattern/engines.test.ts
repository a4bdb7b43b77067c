import fc from "fast-check";
import { expect, test } from "vitest";
import { Failure } from "../../src/core/failure.ts";
import { compilePattern } from "../../src/pattern/compile.ts";
import { parsePcre2 } from "../../src/pattern/dialects/pcre2.ts";
import { buildAutomaton } from "../../src/pattern/engine/automaton.ts";
import { chooseEngine } from "../../src/pattern/engine/choose.ts";
import { emit } from "../../src/pattern/engine/emit.ts";
import { isFaithful } from "../../src/pattern/engine/faithful.ts";
import { gated } from "../../src/pattern/engine/gate.ts";
import { openWalk } from "../../src/pattern/engine/walk.ts";
import type { Found, Pattern } from "../../src/pattern/pattern.ts";
import { openPrefilter } from "../../src/pattern/prefilter.ts";
import type { Syntax } from "../../src/pattern/syntax.ts";
import { anyPattern, anyText } from "./random.ts";
import { openRe2 } from "./re2.ts";
import { stockLines, stockPatterns } from "./stock.ts";

type Find = (text: string) => Found | undefined;

function plainV8(syntax: Syntax): Find {
  const expression = new RegExp(emit(syntax));
  return (text) => {
    const found = expression.exec(text);
    if (!found) return undefined;
    const groups = found.slice(1).filter((group) => group !== undefined);
    return { end: found.index + found[0].length, groups };
  };
}

const texts = fc.array(anyText, { minLength: 6, maxLength: 6 });

test("our own matcher finds what V8 finds, with and without the gate", () => {
  let compared = 0;
  const property = fc.property(anyPattern, texts, (source, some) => {
    const syntax = parsePcre2(source);
    fc.pre(isFaithful(syntax));
    const walk = openWalk(buildAutomaton(syntax));
    const [v8, v8Gated] = [plainV8(syntax), plainV8(gated(syntax))];
    for (const text of some) {
      const found = walk.find(text);
      expect(v8(text), text).toEqual(found);
      expect(v8Gated(text), text).toEqual(found);
      expect(walk.test(text), text).toBe(found !== undefined);
      if (found) compared++;
    }
  });
  fc.assert(property, { numRuns: 2000 });
  expect(compared).toBeGreaterThan(2000);
});

const gap = fc.constantFrom(
  ".+",
  ".*",
  "(.+)",
  "(.*)",
  ".{2,}",
  "[^a]+",
  "(\\S+?)",
  "\\s*",
  "(?s:.+)",
);
const ending = fc.constantFrom(
  "(\\S+?)1?\\d* ",
  "(\\w+?)b?[ab]*",
  " (\\S+):?\\d*-?\\S",
  "$",
  "(b*)(b*)$",
);
/** Patterns that are mostly found in two parts. */
const anyParts = fc
  .tuple(anyPattern, gap, fc.oneof(anyPattern, ending))
  .map(([before, between, after]) => `(?:${before})${between}(?:${after})`);

const textsOfParts = fc.array(
  fc.string({
    unit: fc.constantFrom("a", "b", "c", " ", "1", "-", "\n", "é", "🔐", "ab c1 "),
    maxLength: 14,
  }),
  { minLength: 6, maxLength: 6 },
);

test("what is found in two parts is what is found in one", () => {
  const compared = { found: 0, not: 0 };
  const property = fc.property(anyParts, textsOfParts, (source, some) => {
    const syntax = parsePcre2(source);
    const engine = chooseEngine(syntax);
    fc.pre(engine.name === "parts");
    const walk = openWalk(buildAutomaton(syntax));
    for (const text of some) {
      const found = walk.find(text);
      expect(engine.find(text), text).toEqual(found);
      expect(engine.endIn(text), text).toBe(found?.end ?? -1);
      expect(engine.test(text), text).toBe(found !== undefined);
      compared[found ? "found" : "not"]++;
    }
  });
  fc.assert(property, { numRuns: 800, maxSkipsPerRun: 1000 });
  expect(compared.found).toBeGreaterThan(800);
  expect(compared.not).toBeGreaterThan(300);
});

test("a pattern in two parts is asked whole where the first way to take the first part fails", () => {
  const cases = [
    [
      "(\\d+)\\] .+ (\\S+?):?\\d* -> ([^:]+)",
      "1] 2] x 192.0.2.1:80 -> 192.0.2.2:22",
      ["1", "192.0.2.1", "192.0.2.2"],
    ],
    ["(\\d+)\\] .+ (\\S+?):?\\d* -> ([^:]+)", "a 1 -> b\n2] x 3 -> c", ["2", "3", "c"]],
    ["(\\d+)\\] .+ (\\S+?):?\\d* -> ([^:]+)", "x 3 -> c, 2] x", undefined],
    ["foo(\\S+)bar", "foo bar foo1bar", ["1"]],
    ["(a|ab)(.*)c(\\w+?)d?[de]*$", "abc cdd", ["a", "bc ", "d"]],
  ] as const;
  for (const [source, text, groups] of cases) {
    const syntax = parsePcre2(source);
    const engine = chooseEngine(syntax);
    expect([engine.name, engine.find(text)?.groups]).toEqual(["parts", groups]);
    expect(openWalk(buildAutomaton(syntax)).find(text)?.groups).toEqual(groups);
  }
});

test("what looks around itself is found in two parts as in one, or not cut", () => {
  const cases: Record<string, string[]> = {
    "1\\S*\\bb": ["1b", "1-b"],
    "foo[\\w-]*\\bbar": ["foobar foo-bar"],
    "a[\\s\\S]+c(b*)(b*)(?m:$)": ["aacb\nd", "aacbd", "aacbb"],
    "a.+c(b*)(b*)(?m:^)b?": ["aac\nb"],
    "a\\s+(b*)(b*)(?m:^)c": ["a \nc", "a c"],
    "a(?s:.+)(\\S+?)1?\\d* ": ["a\nb1 ", "ab\n"],
    "a(.+?)b.*c(\\S+?)1?\\d* ": ["axbyb c1 ", "ab c11 "],
    "a(.+?)(\\S+?):?\\d* ": ["a1 b2 c3 ", "ab"],
    "a.+ (\\S+?)1?\\d* ": ["aé x11 é1 ", "a 🔐 11 ", "a é\u0131 1 "],
  };
  for (const [source, some] of Object.entries(cases)) {
    const syntax = parsePcre2(source);
    const engine = chooseEngine(syntax);
    const walk = openWalk(buildAutomaton(syntax));
    // What was read before is read faster.
    for (const text of [...some, ...some, ...some]) {
      expect(engine.find(text), `${source} on ${text}`).toEqual(walk.find(text));
    }
  }
});

test("our own matcher finds what RE2 finds", () => {
  let compared = 0;
  const property = fc.property(anyPattern, texts, (source, some) => {
    const syntax = parsePcre2(source);
    fc.pre(isFaithful(syntax));
    const re2 = openRe2(syntax);
    if (!re2) return;
    const walk = openWalk(buildAutomaton(syntax));
    for (const text of some.filter((one) => !one.endsWith("\n"))) {
      expect(re2(text), text).toEqual(walk.find(text));
      compared++;
    }
  });
  fc.assert(property, { numRuns: 1500 });
  expect(compared).toBeGreaterThan(3000);
});

test("a match begins at the same place for V8 and the walk where repeats may be empty", () => {
  const property = fc.property(anyPattern, texts, (source, some) => {
    const syntax = parsePcre2(source);
    const walk = openWalk(buildAutomaton(syntax));
    const v8 = new RegExp(emit(syntax));
    for (const text of some) expect(walk.test(text), text).toBe(v8.test(text));
  });
  fc.assert(property, { numRuns: 1500 });
});

test("every stock pattern finds the same in V8, RE2 and our own matcher", () => {
  let hits = 0;
  for (const [pattern, texts] of textsOfStock()) {
    const { source } = pattern;
    const syntax = parsePcre2(source);
    const [v8, walk] = [plainV8(syntax), openWalk(buildAutomaton(syntax))];
    for (const line of texts) {
      const found = walk.find(line);
      expect(v8(line), `${source} on ${line}`).toEqual(found);
      expect(pattern.find(line), `${source} on ${line}`).toEqual(found);
      expect(pattern.endIn(line), `${source} on ${line}`).toBe(found?.end ?? -1);
      if (found) hits++;
    }
  }
  expect(hits).toBeGreaterThan(1000);
});

test("RE2 agrees on the stock patterns, on short texts", () => {
  let hits = 0;
  for (const [pattern, texts] of textsOfStock().filter((_, number) => number % 4 === 0)) {
    const re2 = openRe2(parsePcre2(pattern.source));
    for (const text of texts.slice(0, 4).map((one) => one.slice(0, 200).trimEnd())) {
      const found = pattern.find(text);
      expect(found, `${pattern.source} on ${text}`).toEqual(re2?.(text));
      if (found) hits++;
    }
  }
  expect(hits).toBeGreaterThan(150);
});

/** The stock patterns, each with some lines and messages that it may match, and some others. */
function textsOfStock(): [Pattern, readonly string[]][] {
  const stock = stockPatterns().filter(({ dialect }) => dialect === "pcre2");
  const patterns = stock.map(({ source }) => compilePattern("pcre2", source));
  const prefilter = openPrefilter(patterns);
  const texts = patterns.map((): string[] => []);
  for (const text of stockLines().flatMap((line) => [line, line.slice(line.indexOf(": ") + 2)])) {
    prefilter.scan(text);
    const open = [...texts.entries()].filter(
      ([number, list]) => list.length < 8 && prefilter.mayMatch(number),
    );
    for (const [, list] of open) list.push(text);
  }
  return patterns.map((pattern, number) => [pattern, texts[number] ?? []]);
}

test("forgets what it knows of a pattern when that grows, and finds the same", () => {
  const syntax = parsePcre2("(?:a|b)*a(?:a|b){12}c");
  const walk = openWalk(buildAutomaton(syntax));
  const v8 = new RegExp(emit(syntax));
  const property = fc.property(
    fc.string({ unit: fc.constantFrom("a", "b", "a", "b", "c"), minLength: 500, maxLength: 900 }),
    (text) => {
      const found = v8.exec(text);
      const end = found ? found.index + found[0].length : undefined;
      expect(walk.find(text)?.end).toBe(end);
      expect(walk.endIn(text)).toBe(end ?? -1);
    },
  );
  fc.assert(property, { numRuns: 100 });
});

test("no pattern makes the compiler throw anything but a Failure", () => {
  const unit = fc.constantFrom(..."abc(){}[]|*+?\\^$.-,0123dwsSQE<>:='!iR \n");
  const source = fc.string({ unit, maxLength: 20 });
  const property = fc.property(
    fc.constantFrom("match", "regex", "pcre2"),
    source,
    (dialect, one) => {
      try {
        compilePattern(dialect, one).find("abc 123");
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    },
  );
  fc.assert(property, { numRuns: 5000 });
});
