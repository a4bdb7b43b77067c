import { expect, test } from "vitest";
import type { Event } from "../../src/core/event.ts";
import { eventAt, judgeBy } from "./build.ts";

const rule = (id: number, level: number, inside: string, attributes = "") =>
  `<rule id="${id}" level="${level}" ${attributes}>${inside}<description>d</description></rule>`;
const rules = (...inside: string[]) => `<group name="t,">${inside.join("\n")}</group>`;

/** The rules that events end at, one a second. */
function judged(text: string, events: readonly Partial<Event>[]): (number | undefined)[] {
  const judge = judgeBy(text);
  return events.map((more, second) => {
    const srcip = more.fields?.["srcip"] ?? "192.0.2.1";
    return judge(eventAt(second, srcip, more)).rule?.id;
  });
}

const logs = (...texts: string[]) => texts.map((log) => ({ log }));

test.each([
  ["<match>^a|b$</match>", { log: "xb" }, { log: "xa" }],
  ["<regex>^\\w+ \\d+$</regex>", { log: "port 22" }, { log: "port -" }],
  ["<pcre2>^a{2,3}[bc]</pcre2>", { log: "AAB" }, { log: "abb" }],
  ["<match_pcre2>b.*d</match_pcre2>", { log: "abcd" }, { log: "abc" }],
  ["<program_name>^cron</program_name>", { program: "crond" }, { program: "acron" }],
  ["<program_name_pcre2>^c.on$</program_name_pcre2>", { program: "cron" }, {}],
  ["<hostname>web</hostname>", { host: "web2" }, { host: "db1" }],
  ["<location>/var/log/a</location>", { location: "/var/log/a.log" }, {}],
  ["<user>^root$</user>", { fields: { dstuser: "root" } }, { fields: { dstuser: "bob" } }],
  ["<user>^root$</user>", { fields: { srcuser: "root" } }, { fields: {} }],
  [
    "<user>^root$</user>",
    { fields: { dstuser: "root", srcuser: "bob" } },
    { fields: { dstuser: "bob", srcuser: "root" } },
  ],
  ["<url>/wp-login</url>", { fields: { url: "/wp-login.php" } }, { fields: { url: "/" } }],
  ["<url_pcre2>\\.(?:env|git)</url_pcre2>", { fields: { url: "/.git/x" } }, { fields: {} }],
  ["<id>^4</id>", { fields: { id: "404" } }, { fields: { id: "200" } }],
  ["<status>fail</status>", { fields: { status: "FAILED" } }, { fields: { status: "ok" } }],
  ["<action>drop</action>", { fields: { action: "DROP" } }, { fields: { action: "ACCEPT" } }],
  ["<protocol>^tcp$</protocol>", { fields: { protocol: "TCP" } }, { fields: { protocol: "UDP" } }],
  ["<extra_data>x</extra_data>", { fields: { extra_data: "axb" } }, { fields: {} }],
  ["<srcport>^22$</srcport>", { fields: { srcport: "22" } }, { fields: { srcport: "222" } }],
  ["<dstport>^22$</dstport>", { fields: { dstport: "22" } }, { fields: {} }],
  ['<field name="Sid">^\\d+$</field>', { fields: { sid: "12" } }, { fields: { sid: "x" } }],
  ['<field name="sid">\\d</field>', { fields: { sid: "1" } }, { fields: {} }],
  ["<decoded_as>sshd</decoded_as>", { decoder: "sshd" }, { decoder: "pam" }],
  ["<category>ids</category>", { category: "ids" as const }, {}],
  ["<compiled_rule>is_simple_http_request</compiled_rule>", { fields: { url: "/" } }, {}],
  ["<compiled_rule>check_id_size</compiled_rule>", { fields: { id: "0123456789" } }, {}],
])("%s", (inside, fits, fails) => {
  const text = rules(rule(100, 3, inside));
  expect(judged(text, [fits, fails])).toEqual([100, undefined]);
});

test("a pattern and its PCRE2 form must both fit", () => {
  const text = rules(rule(100, 3, "<match>a</match><match_pcre2>b$</match_pcre2>"));
  expect(judged(text, logs("ab", "a", "b"))).toEqual([100, undefined, undefined]);
});

test("elements of one name are one text", () => {
  const text = rules(rule(100, 3, "<match>one|</match><match>two</match>"));
  expect(judged(text, logs("one", "two", "three"))).toEqual([100, 100, undefined]);
});

test.each([
  [["192.0.2.0/24"], "192.0.2.7", true],
  [["192.0.2.0/24"], "198.51.100.1", false],
  [["!192.0.2.0/24"], "192.0.2.7", false],
  [["!192.0.2.0/24"], "198.51.100.1", true],
  [["192.0.2.7", "!192.0.2.0/24"], "192.0.2.7", true],
  [["192.0.2.7", "!192.0.2.0/24"], "192.0.2.8", false],
  [["192.0.2.7", "!192.0.2.0/24"], "203.0.113.1", true],
  [["2001:db8::/32"], "2001:db8:1::1", true],
  [["any"], "2001:db8:1::1", true],
  [["!any"], "192.0.2.1", false],
  [["any"], "nonsense", false],
  [["::ffff:192.0.2.1"], "192.0.2.1", true],
])("srcip %j of %s: %s", (entries, srcip, fits) => {
  const inside = entries.map((entry) => `<srcip>${entry}</srcip>`).join("");
  const found = judged(rules(rule(100, 3, inside)), [{ fields: { srcip } }]);
  expect(found).toEqual([fits ? 100 : undefined]);
});

test("maxsize is the least size, in bytes", () => {
  const text = rules(rule(100, 3, "", 'maxsize="6"'));
  expect(judged(text, logs("12345", "123456", "äöü"))).toEqual([undefined, 100, 100]);
});

test("if_level: below every rule of that level or a higher one", () => {
  const text = rules(
    rule(100, 3, "<match>low</match>"),
    rule(101, 7, "<match>high</match>"),
    rule(102, 8, "<if_level>7</if_level><match>odd</match>"),
  );
  expect(judged(text, logs("low odd", "high odd", "high"))).toEqual([100, 102, 101]);
});

test("if_group: whole names, with others beside them", () => {
  const text = rules(
    rule(100, 3, "<match>a</match><group>recon,</group>"),
    rule(101, 3, "<match>b</match><group>reconfigured,</group>"),
    rule(102, 4, "<if_group>recon|other</if_group><match>x</match>"),
  );
  expect(judged(text, logs("ax", "bx"))).toEqual([102, 101]);
});

test("accuracy 0: after all siblings", () => {
  const text = rules(
    rule(100, 12, "<match>a</match>", 'accuracy="0"'),
    rule(101, 2, "<match>ab</match>"),
  );
  expect(judged(text, logs("ab", "a"))).toEqual([101, 100]);
});

test("if_fts: the first of its kind, by what the decoder names", () => {
  const text = rules(rule(100, 3, "<if_fts />"));
  const of = (dstuser: string) => ({ decoder: "d", fts: ["dstuser"], fields: { dstuser } });
  const events = [of("bob"), of("bob"), of("eve"), { ...of("eve"), fts: undefined }];
  expect(judged(text, events)).toEqual([100, undefined, 100, undefined]);
});

test("W11: what is first seen is remembered when the rule fires, not while it is tried", () => {
  const text = rules(
    rule(100, 3, "<match>a</match>"),
    rule(101, 9, "<if_matched_sid>100</if_matched_sid><if_fts />", 'frequency="2"'),
  );
  const event = { decoder: "d", fts: ["dstuser"], fields: { dstuser: "bob" }, log: "a" };
  expect(judged(text, [event, event])).toEqual([100, 101]);
});

test("different_url: N events with N different values", () => {
  const text = rules(
    rule(100, 3, "<match>a</match>"),
    rule(
      101,
      9,
      "<if_matched_sid>100</if_matched_sid><same_source_ip /><different_url />",
      'frequency="3"',
    ),
  );
  const asked = ["/1", "/1", "/2", "/1", "/2", "/3"].map((url) => ({
    log: "a",
    fields: { srcip: "192.0.2.1", url },
  }));
  expect(judged(text, asked)).toEqual([100, 100, 100, 100, 100, 101]);
});

test("if_matched_regex: lines that fit count, whatever rule they ended at", () => {
  const text = rules(
    rule(100, 3, "<match>end</match>"),
    rule(101, 9, "<if_sid>100</if_sid><if_matched_regex>ba\\d</if_matched_regex>", 'frequency="2"'),
  );
  expect(judged(text, logs("end", "ba1", "ba2", "end", "end"))).toEqual([
    100,
    undefined,
    undefined,
    101,
    100,
  ]);
});

test("a variable stands for its value", () => {
  const text = `<var name="BAD">one|two</var>${rules(rule(100, 3, "<match>$BAD|three</match>"))}`;
  expect(judged(text, logs("two", "three", "$BAD"))).toEqual([100, 100, undefined]);
});

test("what a person may want to look up comes with the alert", () => {
  const inside =
    '<info type="link">https://example.com/</info><info>seen before</info><cve>CVE-2026-1</cve>';
  const { alert } = judgeBy(rules(rule(100, 3, inside)))(eventAt(0, "192.0.2.1"));
  expect(alert?.rule.details).toEqual([
    { type: "link", text: "https://example.com/" },
    { type: "text", text: "seen before" },
    { type: "cve", text: "CVE-2026-1" },
  ]);
});

test("overwrite: the new rule stands where the old one stood", () => {
  const text = rules(
    rule(100, 3, "<match>a</match>"),
    rule(101, 5, "<if_sid>100</if_sid><match>b</match><pcre2>c</pcre2>"),
    rule(101, 7, "<match>z</match>", 'overwrite="yes"'),
  );
  expect(judged(text, logs("az", "z", "abc"))).toEqual([101, undefined, 100]);
});

test("a parent may be read later than its children", () => {
  const text = rules(
    rule(101, 5, "<if_sid>100</if_sid><match>b</match>"),
    rule(100, 3, "<match>a</match>"),
  );
  expect(judged(text, logs("ab", "b"))).toEqual([101, undefined]);
});
