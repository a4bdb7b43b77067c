import { describe, expect, test } from "vitest";
import { placeRules } from "../../src/analyse/rules/place.ts";
import { readRules } from "../../src/analyse/rules/read.ts";
import { eventAt, judgeBy } from "./build.ts";

const rule = (id: number, level: number, inside: string, attributes = "") =>
  `<rule id="${id}" level="${level}" ${attributes}>${inside}<description>d</description></rule>`;
const group = (...rules: string[]) => `<group name="t,">\n${rules.join("\n")}\n</group>`;
const ending = (rules: string, log: string) =>
  judgeBy(rules)(eventAt(0, "192.0.2.1", { log })).rule?.id;

test("the deepest match wins, and among siblings level 0 first, then the highest level", () => {
  const rules = group(
    rule(1, 3, "<match>a</match>"),
    rule(2, 5, "<match>a</match>"),
    rule(3, 12, "<if_sid>2</if_sid><match>ab</match>"),
    rule(4, 0, "<match>quiet</match>"),
  );
  expect(ending(rules, "a")).toBe(2);
  expect(ending(rules, "ab")).toBe(3);
  expect(ending(rules, "a quiet")).toBe(4);
  expect(ending(rules, "x")).toBeUndefined();
});

test("noalert: only its children fire, else the search goes on", () => {
  const rules = group(
    rule(1, 9, "<match>a</match>", 'noalert="1"'),
    rule(2, 10, "<if_sid>1</if_sid><match>ab</match>"),
    rule(3, 2, "<match>a</match>"),
  );
  expect(ending(rules, "ab")).toBe(2);
  expect(ending(rules, "a")).toBe(3);
});

test("a rule waits for its decoder and its category", () => {
  const rules = group(
    rule(1, 3, "<decoded_as>sshd</decoded_as>"),
    rule(2, 3, "<category>ids</category>"),
  );
  const judge = judgeBy(rules);
  expect(judge(eventAt(0, "192.0.2.1", { decoder: "sshd" })).rule?.id).toBe(1);
  expect(judge(eventAt(0, "192.0.2.1", { decoder: "nginx" })).rule).toBeUndefined();
  expect(judge(eventAt(0, "192.0.2.1", { category: "ids" })).rule?.id).toBe(2);
});

test("fields: an absent one never matches, not even the empty pattern", () => {
  const rules = group(rule(1, 3, "<user>^root$</user>"), rule(2, 2, "<url></url>"));
  const judge = judgeBy(rules);
  expect(judge(eventAt(0, "192.0.2.1", { fields: { dstuser: "ROOT" } })).rule?.id).toBe(1);
  expect(judge(eventAt(0, "192.0.2.1", { fields: { dstuser: "rooty" } })).rule).toBeUndefined();
  expect(judge(eventAt(0, "192.0.2.1", { fields: { url: "" } })).rule?.id).toBe(2);
});

test("options move an alert from mail and log", () => {
  const judge = judgeBy(
    group(
      rule(1, 3, "<match>a</match><options>alert_by_email</options>"),
      rule(2, 12, "<match>b</match><options>no_email_alert</options><options>no_ar</options>"),
      rule(3, 12, "<match>c</match><options>no_log</options>"),
    ),
  );
  const flags = (log: string) => {
    const { alert } = judge(eventAt(0, "192.0.2.1", { log }));
    return [alert?.log, alert?.mail, alert?.mayBlock];
  };
  expect(flags("a")).toEqual([true, true, true]);
  expect(flags("b")).toEqual([true, false, false]);
  expect(flags("c")).toEqual([false, true, true]);
});

test("the admin's rule replaces the shipped one of the same id, and its children stay", () => {
  const shipped = group(
    rule(1, 5, "<match>a</match>"),
    rule(2, 8, "<if_sid>1</if_sid><match>ab</match>"),
  );
  const judge = judgeBy(shipped, group(rule(1, 3, "<match>z</match>")));
  expect(judge(eventAt(0, "192.0.2.1", { log: "a" })).rule).toBeUndefined();
  expect(judge(eventAt(0, "192.0.2.1", { log: "z" })).rule?.level).toBe(3);
  expect(judge(eventAt(0, "192.0.2.1", { log: "zab" })).rule?.id).toBe(2);
});

describe("mistakes are named with file and line", () => {
  const refusal = (text: string) => {
    try {
      placeRules([readRules(text, "r.xml")]);
    } catch (error) {
      return (error as Error).message;
    }
    return "no failure";
  };
  test.each([
    [group(rule(1, 3, "<mach>x</mach>")), "r.xml:2: <mach> is no element of a rule"],
    [
      group(rule(1, 17, "")),
      'r.xml:2: <rule> has level="17", expected a whole number from 0 to 16',
    ],
    [group(rule(1, 3, "", 'frequencyy="2"')), 'has the attribute "frequencyy"'],
    [group(rule(1, 3, "", 'frequency="2"')), "counts, but has no <if_matched_sid>"],
    [group(rule(1, 3, ""), rule(1, 4, "")), "r.xml:3: <rule> has the id 1, which r.xml:2 has too"],
    [
      group(rule(1, 3, "<if_sid>7</if_sid>")),
      "r.xml:2: <rule> 1 names the rule 7, which is not known",
    ],
    [group(rule(1, 3, "<if_group>g</if_group>")), 'names the group "g", which has no rules'],
    [
      group(rule(1, 3, "<if_sid>2</if_sid>"), rule(2, 3, "<if_sid>1</if_sid>")),
      "stands below itself",
    ],
    [group(rule(1, 3, "<if_sid>1</if_sid>")), "stands below itself"],
    [group(rule(1, 3, "<options>no_such</options>")), 'is "no_such", expected alert_by_email'],
    [group(rule(1, 3, "<category>nope</category>")), 'is "nope", expected syslog'],
    ["<group><rule id='1' level='1'/></group>", "r.xml:1: <group> has no name"],
    ["<rules/>", "r.xml:1: <rules> is no <group>"],
    [
      '<group name="t,"><rule level="1"><description>d</description></rule></group>',
      "needs an id and a level",
    ],
    ['<group name="t,">\n<rule id="1" level="1">', "r.xml:"],
  ])("%s", (text, expected) => {
    expect(refusal(text)).toContain(expected);
  });
});
