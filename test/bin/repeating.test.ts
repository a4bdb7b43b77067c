import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openBench } from "./blocking.ts";

const given = { blocking: { multiplier: 2 } };

type Bench = Awaited<ReturnType<typeof openBench>>;
const lengths = ({ asked }: Bench) =>
  asked.flatMap((one) => (one.verb === "block" ? [one.seconds] : []));

test("W26: who comes back is blocked for longer, over a restart too", async () => {
  const first = await openBench(given);
  first.alarm("20.0.0.1");
  first.time.now += 601_000;
  first.alarm("20.0.0.1");
  first.blocker.tick();
  expect(lengths(first)).toEqual([600, 1200]);
  const second = await openBench(given, first.folder);
  second.time.now = first.time.now + 1_201_000;
  second.alarm("20.0.0.1");
  expect(lengths(second)).toEqual([2400]);
});

test("what is only observed is no offence", async () => {
  const bench = await openBench({ blocking: { multiplier: 2, observeRules: [1] } });
  bench.alarm("20.0.0.1", 1);
  bench.time.now += 601_000;
  bench.alarm("20.0.0.1");
  expect(lengths(bench)).toEqual([600]);
});

test("what the circuit breaker took back is no offence", async () => {
  const bench = await openBench({ ...given, breaker: { rule: { minute: 2, hour: 9 } } });
  for (const one of ["20.0.0.1", "21.0.0.1", "22.0.0.1"]) bench.alarm(one);
  bench.time.now += 601_000;
  bench.alarm("20.0.0.1", 5720);
  expect(lengths(bench)).toEqual([600, 600, 600]);
});

test.each(["{", '{"version":1,"offenders":[{"network":"x"}]}'])(
  "a damaged file is set aside with a warning: %s",
  async (text) => {
    const { folder } = await openBench(given);
    const path = join(folder, "offenders.json");
    writeFileSync(path, text);
    const bench = await openBench(given, folder);
    bench.alarm("20.0.0.1");
    expect(lengths(bench)).toEqual([600]);
    expect(bench.warned).toEqual([expect.stringContaining(`"${path}" is damaged (`)]);
    expect(readFileSync(`${path}.corrupt`, "utf8")).toBe(text);
  },
);

test("what somebody lifts was wrong, and is no offence; others are remembered", async () => {
  const first = await openBench(given);
  for (const one of ["20.0.0.1", "21.0.0.1", "2001:db8::7"]) first.alarm(one);
  first.blocker.lifted(["20.0.0.1", "2001:db8::/64"]);
  first.time.now += 11_000;
  first.blocker.tick();
  const second = await openBench(given, first.folder);
  second.time.now = first.time.now + 601_000;
  for (const one of ["20.0.0.1", "21.0.0.1", "2001:db8::7"]) second.alarm(one);
  expect(lengths(second)).toEqual([600, 1200, 600]);
  second.blocker.lifted("all");
  second.time.now += 1_201_000;
  second.alarm("21.0.0.1");
  expect(lengths(second).at(-1)).toBe(600);
});
