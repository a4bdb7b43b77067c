import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openHistory } from "../../src/analyse/history.ts";
import { loadRules } from "../../src/analyse/rules/load.ts";
import { xmlFilesIn } from "../../src/config/rule-files.ts";
import { eventAt, judgeBy, judging } from "./build.ts";

const brute = (attributes: string, more = "") => `
  <group name="t,">
    <rule id="100" level="5"><match>fail</match><group>bad,</group><description>one</description></rule>
    <rule id="101" level="10" ${attributes}>
      <if_matched_sid>100</if_matched_sid><same_source_ip />${more}<description>many</description>
    </rule>
  </group>`;

const fail = (seconds: number, srcip: string, text = "fail") =>
  eventAt(seconds, srcip, { log: text });

/** The ids of the rules at which these events end. */
function run(judge: ReturnType<typeof judgeBy>, events: ReturnType<typeof fail>[]) {
  return events.map((event) => judge(event).rule?.id ?? 0);
}

const times = (count: number, srcip: string, from = 0, step = 1) =>
  Array.from({ length: count }, (_, index) => fail(from + index * step, srcip, `fail ${index}`));

test("frequency N fires at the Nth event, then counts anew", () => {
  const judge = judgeBy(brute('frequency="3" timeframe="60"'));
  expect(run(judge, times(7, "192.0.2.1"))).toEqual([100, 100, 101, 100, 100, 101, 100]);
});

test("the alert carries the earlier lines, newest first", () => {
  const judge = judgeBy(brute('frequency="3" timeframe="60"'));
  const [, , alert] = times(3, "192.0.2.1").map((event) => judge(event).alert);
  expect(alert?.previous).toEqual(["fail 1", "fail 0"]);
  expect(alert).toMatchObject({ log: true, mail: true, mayBlock: true });
});

test("the window is event time, both ends inside", () => {
  const judge = judgeBy(brute('frequency="3" timeframe="60"'));
  expect(run(judge, times(3, "192.0.2.1", 0, 30))).toEqual([100, 100, 101]);
  expect(run(judge, times(3, "192.0.2.2", 0, 31))).toEqual([100, 100, 100]);
});

test("failures an hour apart do not fire, however fast they are read", () => {
  const judge = judgeBy(brute('frequency="3" timeframe="360"'));
  expect(run(judge, times(12, "192.0.2.1", 0, 3600))).not.toContain(101);
});

test("sources do not touch each other's counters", () => {
  const judge = judgeBy(brute('frequency="8" timeframe="120" ignore="60"'));
  const sources = Array.from({ length: 1000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  const fired = new Set<string>();
  for (let round = 0; round < 8; round++) {
    for (const source of sources) {
      if (judge(fail(round, source)).rule?.id === 101) fired.add(source);
    }
  }
  expect(fired.size).toBe(1000);
});

test("ignore silences a rule for one source only, and the event stays with the rule below", () => {
  const judge = judgeBy(brute('frequency="2" timeframe="600" ignore="60"'));
  const events = [
    ...[0, 1, 2, 3, 4].map((second) => fail(second, "192.0.2.1")),
    fail(5, "192.0.2.2"),
    fail(6, "192.0.2.2"),
    fail(61, "192.0.2.1"),
  ];
  expect(run(judge, events)).toEqual([100, 101, 100, 100, 100, 100, 101, 101]);
});

test("addresses written in two ways are one source", () => {
  const judge = judgeBy(brute('frequency="2" timeframe="60"'));
  const ids = run(judge, [
    fail(0, "2001:0db8:0000:0000:0000:0000:0000:0001"),
    fail(1, "2001:db8::1"),
    fail(2, "192.0.2.1"),
    fail(3, "::ffff:192.0.2.1"),
  ]);
  expect(ids).toEqual([100, 101, 100, 101]);
});

test("an event without an address is in nobody's count", () => {
  const judge = judgeBy(brute('frequency="2" timeframe="60"'));
  expect(run(judge, [fail(0, "scanner.example"), fail(1, "scanner.example")])).toEqual([100, 100]);
});

test("lines out of order by a little still count", () => {
  const judge = judgeBy(brute('frequency="3" timeframe="60"'));
  expect(run(judge, [fail(10, "192.0.2.1"), fail(8, "192.0.2.1"), fail(9, "192.0.2.1")])).toEqual([
    100, 100, 101,
  ]);
});

test("a group is counted once an event, by whatever rule of it", () => {
  const judge = judgeBy(`
    <group name="t,">
      <rule id="1" level="3"><match>a</match><group>bad,</group><description>a</description></rule>
      <rule id="2" level="4"><if_sid>1</if_sid><match>ab</match><group>bad,</group><description>ab</description></rule>
      <rule id="3" level="10" frequency="3" timeframe="60">
        <if_matched_group>bad</if_matched_group><same_source_ip /><description>many</description>
      </rule>
    </group>`);
  const ids = run(judge, [
    fail(0, "192.0.2.1", "ab"),
    fail(1, "192.0.2.1", "a"),
    fail(2, "192.0.2.1", "ab"),
  ]);
  expect(ids).toEqual([2, 1, 3]);
});

test("success after failures: the counted events are others than the one that fires", () => {
  const judge = judgeBy(`
    <group name="t,">
      <rule id="1" level="5"><match>fail</match><description>f</description></rule>
      <rule id="2" level="3"><match>ok</match><description>o</description></rule>
      <rule id="3" level="12" frequency="2" timeframe="60">
        <if_sid>2</if_sid><if_matched_sid>1</if_matched_sid><same_source_ip /><description>guessed</description>
      </rule>
    </group>`);
  const ids = run(judge, [
    fail(0, "192.0.2.1", "fail"),
    fail(1, "192.0.2.1", "ok"),
    fail(2, "192.0.2.1", "fail"),
    fail(3, "192.0.2.1", "ok"),
  ]);
  expect(ids).toEqual([1, 2, 1, 3]);
});

test("ignore on a plain rule: once a source and time", () => {
  const judge = judgeBy(
    '<group name="t,"><rule id="1" level="5" ignore="60"><match>x</match><description>d</description></rule></group>',
  );
  const events = [
    fail(0, "192.0.2.1", "x"),
    fail(1, "192.0.2.1", "x"),
    fail(1, "192.0.2.2", "x"),
    fail(60, "192.0.2.1", "x"),
  ];
  expect(run(judge, events)).toEqual([1, 0, 1, 1]);
});

describe("the Suricata tiers", () => {
  const tiers = (priority: number, count: number) => {
    const analyse = judging(loadRules([xmlFilesIn(join(import.meta.dirname, "../../rules"))]));
    return Array.from({ length: count }, (_, index) =>
      analyse(
        eventAt(index, "192.0.2.241", {
          category: "ids",
          decoder: "snort-fast",
          fields: { srcip: "192.0.2.241", priority: `${priority}`, protocol: "TCP" },
        }),
      ),
    );
  };

  test.each([
    [1, 300011, 10],
    [2, 300001, 7],
  ])("priority %i: 1, 5, 10, 20 and 50 alerts in 120 s", (priority, base, level) => {
    const fired = tiers(priority, 50).flatMap(({ alert }, index) =>
      alert && alert.rule.id !== base ? [[index + 1, alert.rule.id - base, alert.rule.level]] : [],
    );
    expect(fired).toEqual([
      [5, 1, level + 1],
      [10, 2, level + 2],
      [20, 3, level + 3],
      [50, 4, level + 4],
    ]);
  });

  test("priority 3 is no alert", () => {
    expect(tiers(3, 60).filter(({ alert }) => alert)).toEqual([]);
  });
});

test("a spray of a million sources stays within its bound", () => {
  const few = openHistory(8, { sources: 1000, characters: 1e9 });
  for (let source = 0; source < 1_000_000; source++) few.add(`${source}`, source, "line");
  expect(few.size).toBe(1000);
  const short = openHistory(8, { sources: 1e9, characters: 100_000 });
  for (let source = 0; source < 10_000; source++)
    short.add(`${source}`, source, "x".repeat(60_000));
  expect(short.size).toBe(100);
});

test("a clock that was set back neither silences a rule nor joins what is far apart", () => {
  const judge = judgeBy(brute('frequency="3" timeframe="60" ignore="60"'));
  const hour = 3600;
  expect(run(judge, times(3, "192.0.2.1", 6 * hour))).toEqual([100, 100, 101]);
  expect(run(judge, times(3, "192.0.2.1", 0))).toEqual([100, 100, 101]);
  expect(run(judge, times(3, "192.0.2.2", 9 * hour, -hour))).toEqual([100, 100, 100]);
});

test("W12: an attacker who changes his address within a /64 is one source", () => {
  const judge = judgeBy(brute('frequency="3" timeframe="60"'));
  const ids = run(judge, [
    fail(0, "2001:db8::1"),
    fail(1, "2001:db8::2:3:4:5"),
    fail(2, "2001:db8::9"),
  ]);
  expect(ids).toEqual([100, 100, 101]);
  expect(run(judge, [fail(3, "2001:db8:0:1::1")])).toEqual([100]);
});

test("a line that speaks for several counts for as many", () => {
  const judge = judgeBy(brute('frequency="5" timeframe="60"'));
  expect(judge({ ...fail(0, "192.0.2.1"), times: 4 }).rule?.id).toBe(100);
  expect(judge(fail(1, "192.0.2.1")).rule?.id).toBe(101);
});
