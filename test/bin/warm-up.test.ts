import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { Ruleset } from "../../src/bin/judge.ts";
import { warmUp } from "../../src/bin/warm-up.ts";
import type { Decoder } from "../../src/decode/decoders/decoder.ts";
import type { Pattern } from "../../src/pattern/pattern.ts";

/** Patterns that say when they are used. */
function watched() {
  const used: string[] = [];
  const pattern = (source: string): Pattern => ({
    source,
    literals: undefined,
    test: () => used.push(source) > 0,
    endIn: () => -1,
    find: () => undefined,
  });
  const decoder = (name: string, chains: Decoder[][] = []) =>
    ({
      prematch: pattern(`${name} prematch`),
      regex: pattern(`${name} regex`),
      chains,
    }) as unknown as Decoder;
  const child = decoder("child");
  const decoders = {
    withProgram: [decoder("parent", [[child]])],
    withoutProgram: [decoder("top")],
  };
  const rules = { gated: [pattern("rule"), pattern("last")] };
  return { used, ruleset: { decoders, rules } as unknown as Ruleset };
}

const all = ["parent", "child", "top"].flatMap((name) => [`${name} prematch`, `${name} regex`]);

test("every pattern is used once, those of decoders first", async () => {
  const { used, ruleset } = watched();
  warmUp(ruleset, 1);
  expect(used).toEqual([]);
  await expect.poll(() => used.at(-1)).toBe("last");
  expect(used).toEqual([...all, "rule", "last"]);
});

test("in the end what is left over is cleared away, where that can be asked for", async () => {
  const { used, ruleset } = watched();
  const cleared: string[] = [];
  vi.stubGlobal("gc", () => cleared.push(`after ${used.at(-1)}`));
  warmUp(ruleset, 1);
  await expect.poll(() => cleared).toEqual(["after last"]);
  vi.unstubAllGlobals();
});

test("it ends when it is told to", async () => {
  const { used, ruleset } = watched();
  const end = warmUp(ruleset, 1);
  await expect.poll(() => used.length).toBeGreaterThan(0);
  end();
  const before = used.length;
  await sleep(30);
  expect(used).toHaveLength(before);
});
