import { describe, expect, test } from "vitest";
import type { Event } from "../../src/core/event.ts";
import { eventAt, judgeAsOssec, openAsOssec } from "./build.ts";

const root = '<rule id="1" level="0" noalert="1"><category>syslog</category></rule>';
const rule = (id: number, level: number, inside: string, attributes = "") =>
  `<rule id="${id}" level="${level}" ${attributes}>${inside}<description>d</description></rule>`;
const rules = (...inside: string[]) => `<group name="t,">${[root, ...inside].join("\n")}</group>`;

/** The rules that lines end at, one a second, from one address. "A:text" comes from another one. */
function judged(text: string, lines: readonly string[]): (number | undefined)[] {
  const judge = judgeAsOssec(text);
  return lines.map((line, index) => {
    const [, from = "", log = ""] = /^(?:([A-Z]):)?(.*)$/.exec(line) ?? [];
    const address = `192.0.2.${from.codePointAt(0) ?? 1}`;
    return judge(eventAt(index, address, { log })).rule?.id;
  });
}

const target = rule(100, 5, "<match>bad</match>");
const counting = (frequency: string, more = "") =>
  rule(101, 10, `<if_matched_sid>100</if_matched_sid>${more}`, frequency);

describe("counting", () => {
  test("frequency 2 fires at the 4th event, and again after four more", () => {
    const lines = new Array(8).fill("bad");
    const fired = judged(rules(target, counting('frequency="2"')), lines);
    expect(fired).toEqual([100, 100, 100, 101, 100, 100, 100, 101]);
  });

  test("without a frequency the 2nd event fires", () => {
    expect(judged(rules(target, counting("")), ["bad", "bad", "bad"])).toEqual([100, 101, 100]);
  });

  test("firing for one source starts the count of every source anew", () => {
    const text = rules(target, counting('frequency="1"', "<same_source_ip />"));
    const lines = ["A:bad", "A:bad", "B:bad", "B:bad", "A:bad", "B:bad"];
    expect(judged(text, lines)).toEqual([100, 100, 100, 100, 101, 100]);
  });

  test("an event as old as the timeframe still counts, an older one does not", () => {
    const text = rules(target, counting('frequency="0" timeframe="10"'));
    const judge = judgeAsOssec(text);
    const at = (seconds: number) => judge(eventAt(seconds, "192.0.2.1", { log: "bad" })).rule?.id;
    expect([at(0), at(10), at(21)]).toEqual([100, 101, 100]);
  });

  test("a rule that another one counts is in no group's list", () => {
    const grouped = "<match>bad</match><group>g,</group>";
    const byGroup = rule(102, 12, "<if_matched_group>g</if_matched_group>", 'frequency="1"');
    const alone = rules(rule(100, 5, grouped), byGroup);
    expect(judged(alone, ["bad", "bad", "bad"])).toEqual([100, 100, 102]);
    const counted = rules(rule(100, 5, grouped), counting('frequency="9"'), byGroup);
    expect(judged(counted, ["bad", "bad", "bad", "bad"])).toEqual([100, 100, 100, 100]);
  });

  test("a rule in two places counts twice for its group", () => {
    const text = rules(
      rule(90, 0, "<match>b</match>", 'noalert="1"'),
      rule(91, 0, "<if_sid>90</if_sid>", 'noalert="1"'),
      rule(100, 5, "<if_sid>90, 91</if_sid><match>bad</match><group>g,</group>"),
      rule(102, 12, "<if_matched_group>g</if_matched_group>", 'frequency="1"'),
    );
    expect(judged(text, ["bad", "bad"])).toEqual([100, 102]);
  });

  test("of level 0 it never fires, and on another counting rule only with a higher level", () => {
    const zero = rules(target, rule(101, 0, "<if_matched_sid>100</if_matched_sid>"));
    expect(judged(zero, ["bad", "bad", "bad"])).toEqual([100, 100, 100]);
    const stacked = (level: number) =>
      rules(target, counting(""), rule(102, level, "<if_matched_sid>101</if_matched_sid>"));
    const lines = new Array(4).fill("bad");
    expect(judged(stacked(10), lines)).toEqual([100, 101, 100, 101]);
    expect(judged(stacked(11), lines)).toEqual([100, 101, 100, 102]);
  });

  test("all events of a type count by their text", () => {
    const text = rules(
      target,
      rule(
        101,
        10,
        "<if_matched_regex>ba\\w</if_matched_regex><match>end</match>",
        'frequency="1"',
      ),
    );
    expect(judged(text, ["bad", "bad", "end"])).toEqual([100, 100, 101]);
    expect(judged(text, ["bad", "end"])).toEqual([100, undefined]);
    const judge = judgeAsOssec(
      `${text}<group name="t,"><rule id="2" level="3"><category>ids</category><description>d</description></rule></group>`,
    );
    const at = (second: number, log: string, category: Event["category"]) =>
      judge(eventAt(second, "192.0.2.1", { log, category })).rule?.id;
    expect([at(0, "bad", "syslog"), at(1, "bad", "ids"), at(2, "end", "syslog")]).toEqual([
      100,
      2,
      undefined,
    ]);
  });

  test("a rule that is overwritten has its new level", () => {
    const text = rules(target, rule(100, 7, "<match>bad</match>", 'overwrite="yes"'));
    expect(judgeAsOssec(text)(eventAt(0, "192.0.2.1", { log: "bad" })).alert?.rule.level).toBe(7);
  });

  test("what is to be the same in two parts is the same in each", () => {
    const same = "<same_source_ip /><same_id />";
    const judge = judgeAsOssec(rules(target, counting('frequency="0"', same)));
    const from = (srcip: string, id: string, second: number) =>
      judge(eventAt(second, srcip, { log: "bad", fields: { srcip, id } })).rule?.id;
    expect(from("192.0.2.1", "12", 0)).toBe(100);
    expect(from("192.0.2.11", "2", 1)).toBe(100);
    expect(from("192.0.2.1", "12", 2)).toBe(101);
  });

  test("different_url looks at the current one only", () => {
    const text = rules(target, counting('frequency="1"', "<different_url />"));
    const judge = judgeAsOssec(text);
    const asked = (url: string, second: number) =>
      judge(eventAt(second, "192.0.2.1", { log: "bad", fields: { url } })).rule?.id;
    expect(["/a", "/a", "/b"].map(asked)).toEqual([100, 100, 101]);
  });

  test("what a counting rule found shows with whatever rule the event ends at", () => {
    const text = rules(
      target,
      rule(101, 10, "<if_matched_sid>100</if_matched_sid>", 'frequency="1" noalert="1"'),
    );
    const judge = judgeAsOssec(text);
    const previous = ["bad 1", "bad 2", "bad 3"].map(
      (log, second) => judge(eventAt(second, "192.0.2.1", { log })).alert?.previous,
    );
    expect(previous).toEqual([[], [], ["bad 2", "bad 1"]]);
  });

  test("ignore silences a rule for every source, and fires twice when it is over", () => {
    const text = rules(rule(100, 5, "<match>bad</match>", 'ignore="3"'));
    const judge = judgeAsOssec(text);
    const told = [0, 1, 2, 3, 4, 5].map(
      (second) =>
        judge(eventAt(second + 1, `192.0.2.${second}`, { log: "bad" })).alert !== undefined,
    );
    expect(told).toEqual([true, false, false, true, true, false]);
  });

  test("one number for a group: not_same_ takes back what stands above it", () => {
    const more = "<same_source_ip /><not_same_source_ip />";
    const lines = ["A:bad", "B:bad", "C:bad"];
    expect(judged(rules(target, counting('frequency="1"', more)), lines)).toEqual([100, 100, 101]);
  });
});

describe("what is remembered", () => {
  const end = "<if_matched_regex>bad</if_matched_regex><match>end</match>";
  const text = rules(rule(100, 5, "<match>bad|other</match>"), rule(101, 10, end, 'frequency="1"'));
  const others = (count: number): string[] => new Array(count).fill("other");

  function lastOf(text: string, lines: readonly string[]) {
    const { judge } = openAsOssec(text, { memorySize: 12 });
    const at = (log: string, index: number) => judge(eventAt(index, "192.0.2.1", { log }));
    return lines.map(at).at(-1)?.rule?.id;
  }

  test("memory_size events; then the ten oldest go", () => {
    expect(lastOf(text, ["bad", "bad", ...others(10), "end"])).toBe(101);
    expect(lastOf(text, ["bad", "bad", ...others(11), "end"])).toBeUndefined();
  });

  test("with the ten go those that are older than the largest frequency, taken for seconds", () => {
    const lines = [...others(10), "bad", "bad", "other", "end"];
    expect(lastOf(text, lines)).toBeUndefined();
    const never = "<if_matched_sid>100</if_matched_sid><match>never</match>";
    const high = rule(102, 10, never, 'frequency="2"');
    expect(lastOf(text.replace("</group>", `${high}</group>`), lines)).toBe(101);
    const one = text.replace('frequency="1"', 'frequency="0"');
    expect(lastOf(one, [...others(11), "bad", "other", "end"])).toBeUndefined();
    expect(lastOf(one, [...others(9), "bad", "other", "end"])).toBe(101);
  });

  test("128 events of a rule that another one counts", () => {
    const lines = new Array(140).fill("bad");
    const most = (frequency: number) =>
      judged(rules(target, counting(`frequency="${frequency}" timeframe="999"`)), lines);
    expect(most(127).indexOf(101)).toBe(128);
    expect(most(128)).not.toContain(101);
  });

  test("shows no more than eleven lines; of a group not the one that decided", () => {
    const lines = Array.from({ length: 22 }, (_, index) => `bad ${index}`);
    const shown = (text: string) => {
      const { judge } = openAsOssec(text);
      const alerts = lines.map((log, second) => judge(eventAt(second, "192.0.2.1", { log })).alert);
      return alerts.map((alert) => alert?.previous ?? []).find((previous) => previous.length > 0);
    };
    expect(shown(rules(target, counting('frequency="20"')))).toEqual(lines.slice(10, 21).reverse());
    const grouped = rule(100, 5, "<match>bad</match><group>g,</group>");
    const byGroup = rule(101, 9, "<if_matched_group>g</if_matched_group>", 'frequency="1"');
    expect(shown(rules(grouped, byGroup))).toEqual(["bad 1"]);
  });

  test("is forgotten when that is asked for", () => {
    const more = "<match>bad</match><group>g,</group>";
    const byGroup = rule(102, 12, "<if_matched_group>g</if_matched_group>", 'frequency="1"');
    const analysis = openAsOssec(rules(rule(100, 5, more, 'ignore="99"'), byGroup));
    const at = (second: number) => analysis.judge(eventAt(second, "192.0.2.1", { log: "bad" }));
    const told = [at(1), at(2)].map(({ alert }) => alert?.rule.id);
    analysis.forget();
    expect([...told, at(3).alert?.rule.id]).toEqual([100, undefined, 100]);
  });
});

describe("the daemon", () => {
  test("is silent again at once when the time of ignore is over", () => {
    const text = rules(rule(100, 5, "<match>bad</match>", 'ignore="3"'));
    const { judge } = openAsOssec(text, { isLive: true });
    const told = [1, 2, 3, 4, 5, 6, 7].map(
      (second) => judge(eventAt(second, "192.0.2.1", { log: `bad ${second}` })).alert !== undefined,
    );
    expect(told).toEqual([true, false, false, true, false, false, true]);
  });

  test("drops a line like one of the last three it let pass, if it is of type syslog", () => {
    const text = rules(rule(100, 5, "<match>bad</match>"));
    const of = (isLive: boolean, lines: readonly string[], more: Partial<Event> = {}) => {
      const { judge } = openAsOssec(text, { isLive });
      return lines.map((line, index) => {
        const event = eventAt(index, "192.0.2.1", { log: `bad ${line}`, ...more });
        return judge(event).rule === undefined ? "" : line;
      });
    };
    const lines = [..."1123144"];
    expect(of(true, [...lines, "1"])).toEqual(["1", "", "2", "3", "", "4", "", "1"]);
    expect(of(false, lines)).toEqual(lines);
  });
});

describe("the tree", () => {
  test("a trailing comma puts a rule below its category too", () => {
    const text = rules(
      rule(100, 5, "<match>x</match>"),
      rule(101, 6, "<if_sid>100,</if_sid><match>bad</match>"),
    );
    expect(judged(text, ["bad", "x bad"])).toEqual([101, 101]);
  });

  test("if_level means rules of level 0 too, the roots among them", () => {
    const text = rules(
      rule(100, 0, "<match>quiet</match>"),
      rule(101, 3, "<match>three</match>"),
      rule(102, 12, "<if_level>4</if_level><match>bad</match>"),
    );
    const lines = ["bad", "quiet bad", "three", "three bad"];
    expect(judged(text, lines)).toEqual([102, 102, 101, 102]);
  });

  test("if_group finds a part of a name, in rules that were read before", () => {
    const early = rule(100, 5, "<match>x</match><group>authentication_failed,</group>");
    const child = rule(101, 6, "<if_group>authentication_f</if_group><match>bad</match>");
    expect(judged(rules(early, child), ["x bad"])).toEqual([101]);
    expect(() => judgeAsOssec(rules(child, early))).toThrow("which has no rules before it");
  });

  test("level 99 is level 0, and level 0 that comes last is 99", () => {
    expect(judgeAsOssec(rules(rule(100, 99, "")))(eventAt(0, "192.0.2.1")).rule?.level).toBe(0);
    const last = rules(rule(100, 0, "", 'accuracy="0"'));
    expect(judgeAsOssec(last)(eventAt(0, "192.0.2.1")).rule?.level).toBe(99);
  });

  test("a plain rule that is overwritten by a counting one fires at once", () => {
    const text = rules(
      target,
      rule(102, 5, "<match>other</match>"),
      rule(102, 7, "<if_matched_sid>100</if_matched_sid><match>other</match>", 'overwrite="yes"'),
    );
    expect(judged(text, ["other"])).toEqual([102]);
  });

  test("overwriting keeps place and PCRE2 patterns", () => {
    const text = rules(
      rule(100, 5, "<match>a</match><pcre2>b</pcre2>"),
      rule(100, 5, "<match>c</match>", 'overwrite="yes"'),
    );
    expect(judged(text, ["c", "cb"])).toEqual([undefined, 100]);
  });

  test("a text that is too long is no condition at all", () => {
    const text = rules(rule(100, 5, `<match>${"x".repeat(2048)}</match>`));
    expect(judged(text, ["anything"])).toEqual([100]);
  });

  test("a plain pattern wins over its PCRE2 form", () => {
    const text = rules(rule(100, 5, "<match>a</match><match_pcre2>b</match_pcre2>"));
    expect(judged(text, ["a"])).toEqual([100]);
  });

  test("numbers lose the digits that are too many", () => {
    expect(judged(rules(rule(1234567, 5, "<match>a</match>")), ["a"])).toEqual([123456]);
  });
});
