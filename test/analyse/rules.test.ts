import { describe, expect, test } from "vitest";
import { openAnalysis } from "../../src/analyse/analyse.ts";
import { compileRules } from "../../src/analyse/compile.ts";
import { placeRules } from "../../src/analyse/rules/place.ts";
import { readRules } from "../../src/analyse/rules/read.ts";
import { type Failure, mistakesIn } from "../../src/core/failure.ts";
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

test("an empty message is judged too", () => {
  const judge = judgeBy(group(rule(1, 3, "<decoded_as>sshd</decoded_as>")));
  expect(judge(eventAt(0, "192.0.2.1", { decoder: "sshd", log: "" })).rule?.id).toBe(1);
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

test("rules that <alerts> names are mailed, whatever their level and options", () => {
  const read = readRules(
    group(
      rule(1, 3, "<match>a</match>"),
      rule(2, 3, "<match>b</match><options>no_email_alert</options>"),
      rule(3, 3, "<match>c</match>"),
    ),
    "rules.xml",
  );
  const levels = { logLevel: 1, emailLevel: 9, emailRules: [1, 2] };
  const { judge } = openAnalysis(compileRules(placeRules([read]), levels));
  const mailed = ["a", "b", "c"].map((log) => judge(eventAt(0, "192.0.2.1", { log })).alert?.mail);
  expect(mailed).toEqual([true, true, false]);
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
    ['<group name="t,"></group>', "<group> has no rules"],
    ['<group name="t,"><rle id="1" level="1"><match>a</match></rle></group>', "is no <rule>"],
    ['<group name="t,"><rule id="1" level="1"></rule></group>', "<rule> is empty"],
    [group(rule(1, 3, "", 'overwrite="1"')), 'has overwrite="1", expected yes or no'],
    [group(rule(1, 3, "", 'ignore="1000000"')), "expected a whole number from 0 to 999999"],
    [group(rule(1, 3, "", 'accuracy="2"')), "expected a whole number from 0 to 1"],
    [group(rule(1, 3, "<if_sid> </if_sid>")), "<if_sid> is empty, expected the id of a rule"],
    [group(rule(1, 3, "<if_sid>1,x</if_sid>")), '<if_sid> is "x", expected a whole number'],
    [group(rule(1, 3, "<if_level>x</if_level>")), '<if_level> is "x", expected a whole number'],
    [
      group(rule(1, 3, "<if_matched_sid>x</if_matched_sid>")),
      '<if_matched_sid> is "x", expected a whole number',
    ],
    [group(rule(1, 3, "<same_user />")), "counts, but has no <if_matched_sid>"],
    [group(rule(1, 3, "<not_same_user />")), "counts, but has no <if_matched_sid>"],
    [group(rule(1, 3, "<same_shoe />")), "<same_shoe> is no element of a rule"],
    [group(rule(1, 3, "<regex_pcre2>a</regex_pcre2>")), "<regex_pcre2> is no element of a rule"],
    [group(rule(1, 3, "<field>a</field>")), "<field> has no name"],
    [
      group(rule(1, 3, "<if_matched_regex>(a</if_matched_regex>", 'frequency="2"')),
      "r.xml:2: <if_matched_regex> ",
    ],
    [group(rule(1, 3, "<ignore>all</ignore>")), '<ignore> is "all", expected some of user, srcip'],
    [group(rule(1, 3, '<list field="log">a</list>')), 'has field="log", expected srcip'],
    [
      group(rule(1, 3, '<list field="id" lookup="any">a</list>')),
      'has lookup="any", expected match',
    ],
    [group(rule(1, 3, '<list field="id" key="a">a</list>')), '<list> has the attribute "key"'],
    [
      group(rule(1, 3, '<list field="id" lookup="match_key_value">a</list>')),
      'has lookup="match_key_value" without a check_value',
    ],
    [group(rule(1, 3, '<info type="url">a</info>')), 'has type="url", expected text, link'],
    [group(rule(1, 3, '<cve year="1">a</cve>')), '<cve> has the attribute "year"'],
  ])("%s", (text, expected) => {
    expect(refusal(text)).toContain(expected);
  });

  test("and say what to do", () => {
    const hint = (text: string) => {
      try {
        placeRules([readRules(text, "r.xml")]);
      } catch (error) {
        return (error as Failure).hint;
      }
      return "no failure";
    };
    expect(hint(group(rule(1, 3, ""), rule(1, 4, "")))).toContain('overwrite="yes"');
    expect(hint(group(rule(1, 3, "", 'levl="2"')))).toContain("id, level, maxsize, timeframe");
    const elements = hint(group(rule(1, 3, "<mach>x</mach>")));
    expect(elements).toContain("match, match_pcre2, regex, pcre2, program_name");
    expect(elements).toContain("compiled_rule, check_diff, ignore, check_if_ignored");
  });
});

describe("mistakes of several rules are told together", () => {
  const told = (compatible: boolean, ...rules: string[]) => {
    try {
      const tree = placeRules([readRules(group(...rules), "r.xml", compatible)], compatible);
      compileRules(tree, { logLevel: 1, emailLevel: 9 });
    } catch (failure) {
      return mistakesIn(failure as Failure).map(({ message }) => message.replaceAll("r.xml:", ""));
    }
    return [];
  };
  const root = '<rule id="1" level="0" noalert="1"><category>syslog</category></rule>';

  test("the first of each that cannot be read", () => {
    const bad = rule(2, 3, "<mach>x</mach><options>x</options>");
    expect(told(false, bad, rule(3, 3, "<match>a</match>"), rule(4, 17, ""))).toEqual([
      "2: <mach> is no element of a rule",
      '4: <rule> has level="17", expected a whole number from 0 to 16',
    ]);
  });

  test("ids that are used twice", () => {
    const rules = [2, 2, 3, 3].map((id) => rule(id + 100, 3, "<match>a</match>"));
    const twice = [
      "3: <rule> has the id 102, which 2 has too",
      "5: <rule> has the id 103, which 4 has too",
    ];
    expect(told(false, ...rules)).toEqual(twice);
    expect(told(true, root, ...rules)).toEqual([
      "4: <rule> has the id 102, which 3 has too",
      "6: <rule> has the id 103, which 5 has too",
    ]);
  });

  test("parents that are not there, without the rules below those", () => {
    const rules = [
      rule(101, 3, "<if_sid>7</if_sid>"),
      rule(102, 3, "<if_sid>101</if_sid>"),
      rule(103, 3, "<if_group>none</if_group>"),
      rule(104, 3, "<if_sid>105</if_sid>"),
      rule(105, 3, "<match>a</match>"),
    ];
    expect(told(false, ...rules)).toEqual([
      "2: <rule> 101 names the rule 7, which is not known",
      '4: <rule> 103 names the group "none", which has no rules',
    ]);
    expect(told(true, root, ...rules)).toEqual([
      "3: <rule> 101 names the rule 7, which is not known before it",
      '5: <rule> 103 names the group "none", which has no rules before it',
      "6: <rule> 104 names the rule 105, which is not known before it",
    ]);
  });

  test("of rules that stand in a circle one", () => {
    const below = (id: number, parent: number) => rule(id, 3, `<if_sid>${parent}</if_sid>`);
    expect(told(false, below(101, 102), below(102, 103), below(103, 102))).toEqual([
      expect.stringMatching(/<rule> 10[23] stands below itself/),
    ]);
  });

  test("patterns", () => {
    const bad = [101, 102].map((id) => rule(id, 3, "<pcre2>(</pcre2><regex>(</regex>"));
    expect(told(false, ...bad)).toEqual([
      '2: <regex> "(" at character 1 has no ")"',
      '3: <regex> "(" at character 1 has no ")"',
    ]);
  });
});

test("a rule is read as it is written", () => {
  const inside = `<group>a, b,</group><options>log_alert</options><options>alert_by_email</options>
    <list field="srcip" lookup="address_match_key_value" check_value="x">lists/a</list>
    <list field="user"> lists/b </list><ignore>user,location</ignore>
    <time>22:00 - 6:00</time><weekday>monday</weekday>`;
  const attributes = 'ignore="60" maxsize="9" accuracy="1"';
  const [spec] = readRules(group(rule(7, 16, inside, attributes)), "r.xml");
  expect(spec).toMatchObject({
    ...{ id: 7, level: 16, description: "d", groupText: "t,a, b,", groups: ["t", "a", "b"] },
    ...{ ignore: 60, maxSize: 9, isLast: false, noalert: false, overwrite: false },
    ...{ options: new Set(["log_alert", "alert_by_email"]), ignoreParts: ["user", "location"] },
    ...{ time: "22:00 - 6:00", weekday: "monday", ifFts: false, checkDiff: false },
    lists: [
      { path: "lists/a", field: "srcip", lookup: "address_match_key_value", checkValue: "x" },
      { path: "lists/b", field: "user", lookup: "match_key", checkValue: undefined },
    ],
    ...{ composite: undefined, parents: { by: "category" }, category: undefined },
  });
});

test("each category of OSSEC's is one", () => {
  const names = ["syslog", "ids", "firewall", "web-log", "squid", "windows", "ossec"];
  const rules = names.map((name, index) => rule(index + 1, 3, `<category>${name}</category>`));
  expect(readRules(group(...rules), "r.xml").map(({ category }) => category)).toEqual(names);
});

test("what a rule counts: in 360 seconds, if it does not say", () => {
  const read = (inside: string, attributes = "") =>
    readRules(group(rule(1, 3, inside, attributes)), "r.xml")[0]?.composite;
  const nothing = { same: [], different: [], frequency: 0, timeframe: 360 };
  expect(read("<if_matched_sid> 5 </if_matched_sid>")).toEqual({
    ...nothing,
    target: { by: "sid", sid: 5 },
  });
  expect(read("<if_matched_sid>0</if_matched_sid>")?.target).toEqual({ by: "any" });
  expect(read("<if_matched_group> g </if_matched_group>")?.target).toEqual({
    by: "group",
    group: "g",
  });
  expect(read("<check_diff />", 'frequency="2"')).toBeUndefined();
});

test.each([
  ["source_ip", "source"],
  ["srcip", "source"],
  ["dst_ip", "dstip"],
  ["dstip", "dstip"],
  ["src_port", "srcport"],
  ["srcport", "srcport"],
  ["dst_port", "dstport"],
  ["dstport", "dstport"],
  ["user", "user"],
  ["srcuser", "srcuser"],
  ["location", "hostname"],
  ["agent", "hostname"],
  ["id", "id"],
  ["url", "url"],
  ["status", "status"],
  ["protocol", "protocol"],
  ["srcgeoip", "srcgeoip"],
])("same_%s compares %s, different_ and not_same_ the opposite", (end, subject) => {
  const read = (element: string) => {
    const inside = `<if_matched_sid>5</if_matched_sid><${element} />`;
    const { same, different } = readRules(group(rule(1, 3, inside)), "r.xml")[0]?.composite ?? {};
    return { same, different };
  };
  expect(read(`same_${end}`)).toEqual({ same: [subject], different: [] });
  expect(read(`different_${end}`)).toEqual({ same: [], different: [subject] });
  expect(read(`not_same_${end}`)).toEqual({ same: [], different: [subject] });
});
