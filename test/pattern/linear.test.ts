import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePcre2 } from "../../src/pattern/dialects/pcre2.ts";
import { buildAutomaton } from "../../src/pattern/engine/automaton.ts";
import { chooseEngine, type Engine } from "../../src/pattern/engine/choose.ts";
import { isFaithful } from "../../src/pattern/engine/faithful.ts";
import { gated } from "../../src/pattern/engine/gate.ts";
import { hasFewPaths } from "../../src/pattern/engine/paths.ts";
import type { Syntax } from "../../src/pattern/syntax.ts";
import { stepsOn } from "./backtracker.ts";
import { hostileTexts } from "./hostile.ts";
import { anyPattern } from "./random.ts";
import { stockPatterns } from "./stock.ts";

/** What a proof may cost. */
const work = 100_000;
/** What `hasFewPaths` promises for each character. */
const promised = 256;

const nasty = [
  "^(\\w+\\s?)*$",
  "(a+)+b",
  "(a|a)*b",
  "(a|ab)*(c|bcd)*e",
  "(.*)*x",
  ".*.*.*=.*",
  "(x+x+)+y",
  "^(([a-z])+.)+[A-Z]([a-z])+$",
  "\\s+$",
  "a*b?a*x",
  "(?:[a-z]{0,9}[a-z]{0,9}){0,2}!",
  "\\S+ from \\S+ port",
  "foo\\S+bar",
  "(\\S+)/(\\S+) to (\\S+)/(\\S+)",
  ".+src=(\\S+) dst=(\\S+)",
  "^.*a.*b.*c$",
  "(a?){20}b",
  "(?:a|b|ab){0,30}c",
  '"[^"]*"[^"]*"[^"]*"x',
];

interface Judged {
  readonly source: string;
  readonly syntax: Syntax;
  /** The pattern as it is given to V8, when that is proved to take linear time. */
  readonly proved: Syntax | undefined;
}

function judge(source: string): Judged {
  const syntax = parsePcre2(source);
  const candidates = isFaithful(syntax) ? [syntax, gated(syntax)] : [];
  return {
    source,
    syntax,
    proved: candidates.find((one) => hasFewPaths(buildAutomaton(one), work)),
  };
}

const stock = stockPatterns()
  .filter(({ dialect }) => dialect === "pcre2")
  .map(({ source }) => judge(source));
const all = [...nasty.map(judge), ...stock];

test.each([
  // Literal texts, and repeats that what follows ends.
  ["foo", "v8"],
  ["^foo|bar$", "v8"],
  ["^Failed \\S+ for (\\S+) from (\\S+) port \\d+", "v8"],
  [" from (\\S+) port", "v8"],
  ['^[^"]*"([^"]*)"', "v8"],
  ["id=(\\d+)", "v8"],
  // Bounded overlap.
  ["[a-z]{0,3}[a-z]{0,2}!", "v8"],
  ["^.{0,1000}foo", "v8"],
  // Only with the gate before it.
  ["(\\S+) port", "v8"],
  ["\\s+$", "v8"],
  ["(\\S+) x|(\\d+)$", "v8"],
  // Where nothing can fail behind the repeat.
  ["foo.+", "v8"],
  // Where it can only behind a first part.
  ["foo.*bar.*", "parts"],
  ["foo\\S+bar", "parts"],
  ["^.*a.*b$", "parts"],
  ["(\\d+)\\] .+ (\\S+?):?\\d* -> ([^:]+)", "parts"],
  // Quadratic, cubic, exponential.
  ["(\\S+)/(\\S+) to (\\S+)/(\\S+)", "walk"],
  ["(a+)+b", "walk"],
  ["(a|a)*b", "walk"],
  ["^(\\w+\\s?)*$", "walk"],
  // What V8 takes otherwise than PCRE2.
  ["^(?:(a)|b)*$", "walk"],
  ["^(a?)*$", "walk"],
])("%s is left to %s", (source, engine) => {
  expect(chooseEngine(parsePcre2(source)).name).toBe(engine);
});

test("most stock patterns are proved", () => {
  const proved = stock.filter((one) => one.proved !== undefined);
  expect(proved.length).toBeGreaterThan(0.9 * stock.length);
});

test("a backtracking matcher keeps what the proof promises, on texts made to break it", () => {
  for (const { source, syntax, proved } of all) {
    if (!proved) continue;
    const automaton = buildAutomaton(proved);
    for (const text of some(hostileTexts(syntax, 700), 8)) {
      const most = promised * (text.length + 1);
      expect(stepsOn(automaton, text, most), `${source} on ${text}`).toBeLessThan(most);
    }
  }
});

test("it keeps it for any pattern", () => {
  let proved = 0;
  const property = fc.property(anyPattern, (source) => {
    const syntax = parsePcre2(source);
    for (const one of [syntax, gated(syntax)]) {
      const automaton = buildAutomaton(one);
      if (!hasFewPaths(automaton, work)) continue;
      proved++;
      for (const text of some(hostileTexts(syntax, 1500), 8)) {
        const most = promised * (text.length + 1);
        expect(stepsOn(automaton, text, most)).toBeLessThan(most);
      }
    }
  });
  fc.assert(property, { numRuns: 400 });
  expect(proved).toBeGreaterThan(100);
});

test("the same texts find what would be slow if all were left to V8", () => {
  const walked = all.filter(({ proved }) => !proved);
  const slow = walked.filter(isSlowInV8).map(({ source }) => source);
  expect(slow.length).toBeGreaterThan(0.6 * walked.length);
  expect(slow).toContain("(\\S+)/(\\S+) to (\\S+)/(\\S+)");
});

/** Whether some text of four times the length takes more than eight times the steps: 16 when they grow with the square. */
function isSlowInV8({ syntax }: Judged): boolean {
  const automaton = buildAutomaton(syntax);
  const long = hostileTexts(syntax, 1200);
  return hostileTexts(syntax, 300).some((text, number) => {
    const few = stepsOn(automaton, text, 1e5);
    return few === 1e5 || stepsOn(automaton, long[number] ?? "", 8 * few) === 8 * few;
  });
}

interface Cost {
  readonly milliseconds: number;
  readonly engine: Engine;
  readonly source: string;
  readonly text: string;
}

test("no stock pattern and no nasty one takes more than a few milliseconds for a line", () => {
  const worst = all.map(worstOf).sort((a, b) => b.milliseconds - a.milliseconds);
  for (const { milliseconds, engine, source, text } of worst.slice(0, 5)) {
    const shown = JSON.stringify(text.slice(0, 60));
    process.stdout.write(
      `${milliseconds.toFixed(2)} ms ${engine.name} ${source.slice(0, 70)} on ${shown}\n`,
    );
  }
  expect(worst[0]?.milliseconds).toBeLessThan(100);
  // Eight times as long: 8 where it is linear, 64 where it is quadratic.
  for (const cost of worst.slice(0, 20)) expect(growthOf(cost), cost.source).toBeLessThan(32);
});

function worstOf({ source, syntax }: Judged): Cost {
  const engine = chooseEngine(syntax);
  const costs = some(hostileTexts(syntax, 6144), 10).map((text) => ({
    milliseconds: timeOf(engine, text),
    engine,
    source,
    text,
  }));
  const none: Cost = { milliseconds: 0, engine, source, text: "" };
  return costs.reduce((most, cost) => (cost.milliseconds > most.milliseconds ? cost : most), none);
}

/** How many times longer it takes for eight times the text: 8 when it is linear, 64 when it is quadratic. */
function growthOf({ engine, text }: Cost): number {
  const long = text.repeat(4).slice(0, 24_000);
  return timeOf(engine, long, 8) / Math.max(0.1, timeOf(engine, long.slice(0, 3000), 8));
}

/** The shortest of several times, of this thread alone: others use the machine too. */
function timeOf(engine: Engine, text: string, runs = 1): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs || (run < 5 && shortest > 5); run++) {
    const before = process.threadCpuUsage();
    engine.find(text);
    const { user, system } = process.threadCpuUsage(before);
    shortest = Math.min(shortest, (user + system) / 1000);
  }
  return shortest;
}

/** So many of a list, from all over it. */
function some(texts: readonly string[], count: number): readonly string[] {
  const step = Math.max(1, texts.length / count);
  return Array.from(
    { length: Math.min(count, texts.length) },
    (_, at) => texts[Math.floor(at * step)] ?? "",
  );
}
