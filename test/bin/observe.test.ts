import { expect, test } from "vitest";
import { openBench } from "./blocking.ts";

test("blocking is armed unless the settings say otherwise", async () => {
  const { alarm, verbs, said, blocker } = await openBench();
  alarm("192.0.2.7");
  expect(verbs("block")).toEqual(["192.0.2.7"]);
  expect(said).toEqual([]);
  expect(blocker.observing()).toEqual({ all: false, rules: [], last: undefined });
});

test("in observe mode nobody is blocked, and it is told who would have been", async () => {
  const { alarm, asked, said, blocker } = await openBench({ blocking: { observe: true } });
  alarm("192.0.2.7");
  expect(asked).toEqual([]);
  expect(said).toEqual(["stockade: would block 192.0.2.7 for 600 s by rule 5712: observe mode"]);
  expect(blocker.counts()).toMatchObject({ asked: 0, observed: 1 });
  expect(blocker.observing().last).toBe(
    "would block 192.0.2.7 for 600 s by rule 5712: observe mode",
  );
});

test("a rule that only observes leaves the others armed", async () => {
  const { alarm, verbs, said } = await openBench({ blocking: { observeRules: [5712] } });
  alarm("192.0.2.7", 5712);
  alarm("192.0.2.8", 5720);
  expect(verbs("block")).toEqual(["192.0.2.8"]);
  expect(said).toEqual([
    "stockade: would block 192.0.2.7 for 600 s by rule 5712: rule 5712 only observes",
  ]);
});

test("a response that only observes says so, unless another one of its kind blocks", async () => {
  const observing = { response: "firewall-drop", level: 9, seconds: 60, observe: true };
  const armed = { response: "firewall-drop", level: 12, seconds: 600 };
  const { alarm, verbs, said } = await openBench({ activeResponses: [observing, armed] });
  alarm("192.0.2.7", 5712, 9);
  alarm("192.0.2.8", 5712, 12);
  expect(verbs("block")).toEqual(["192.0.2.8"]);
  expect(said).toEqual([
    "stockade: would block 192.0.2.7 for 60 s by rule 5712: its firewall-drop only observes",
  ]);
});

test("what is told is told again only when the block would be over, by both responses once", async () => {
  const both = ["firewall-drop", "host-deny"].map((response) => ({
    response,
    level: 9,
    seconds: 600,
  }));
  const bench = await openBench({ blocking: { observe: true }, activeResponses: both });
  for (let second = 0; second < 1200; second += 20) {
    bench.alarm("2001:db8::7");
    bench.alarm("2001:db8::8");
    bench.time.now += 20_000;
  }
  expect(bench.said).toHaveLength(2);
  expect(bench.blocker.counts().observed).toBe(2);
});

test("nobody who is never blocked would have been", async () => {
  const { alarm, said, blocker } = await openBench({
    blocking: { observe: true },
    global: { whiteList: ["192.0.2.0/24"] },
  });
  alarm("192.0.2.7");
  expect(said).toEqual([]);
  expect(blocker.counts()).toMatchObject({ spared: 1, observed: 0 });
});
