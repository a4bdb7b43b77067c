import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type AnalysisOptions, openAnalysis } from "../../src/analyse/analyse.ts";
import { compileRules } from "../../src/analyse/compile.ts";
import { openMemory } from "../../src/analyse/memory.ts";
import { placeRules } from "../../src/analyse/rules/place.ts";
import { readRules } from "../../src/analyse/rules/read.ts";
import type { Event } from "../../src/core/event.ts";
import { eventAt } from "./build.ts";

const rule = (id: number, level: number, inside: string, attributes = "") =>
  `<rule id="${id}" level="${level}" ${attributes}>${inside}<description>d</description></rule>`;

const levels = { logLevel: 1, emailLevel: 9 };

function judging(
  inside: string,
  compatible: boolean,
  options: AnalysisOptions = {},
  lists: Parameters<typeof compileRules>[2] = [],
) {
  const root = '<rule id="1" level="0" noalert="1"><category>syslog</category></rule>';
  const text = `<group name="t,">${root}${inside}</group>`;
  const tree = placeRules([readRules(text, "r.xml", compatible)], compatible);
  const { judge } = openAnalysis(compileRules(tree, levels, lists), options);
  return (more: Partial<Event>, second = 0) => judge(eventAt(second, "192.0.2.1", more));
}

const ports = rule(533, 7, "<match>^ossec: output: 'ports'</match><check_diff />");
const output = (text: string) => ({ log: `ossec: output: 'ports':\n${text}` });

describe.each([false, true])("check_diff, as OSSEC: %s", (compatible) => {
  test("fires when the output differs from the last one, and shows that", () => {
    const judge = judging(ports, compatible);
    const [first, same, other, back] = ["22", "22", "22\n4444", "22"].map((text) =>
      judge(output(text)),
    );
    expect([first, same, other, back].map((verdict) => verdict?.rule?.id)).toEqual([
      undefined,
      undefined,
      533,
      533,
    ]);
    expect(other?.alert?.previous).toEqual(["Previous output:", "ossec: output: 'ports':", "22"]);
  });

  test("each host has its own", () => {
    const judge = judging(ports, compatible);
    judge({ ...output("22"), host: "a" });
    expect(judge({ ...output("80"), host: "b" }).rule).toBeUndefined();
    expect(judge({ ...output("80"), host: "a" }).rule?.id).toBe(533);
  });

  test("a restart does not forget it, nor what was seen and what is ignored", () => {
    const folder = mkdtempSync(join(tmpdir(), "stockade-memory-"));
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const rules =
      ports +
      rule(100, 5, "<match>new</match><if_fts />") +
      rule(101, 5, "<match>hush</match><ignore>user</ignore>") +
      rule(102, 5, "<match>told</match><check_if_ignored>user</check_if_ignored>");
    const run = (events: readonly Partial<Event>[]) => {
      const memory = openMemory({ folder, log });
      const judge = judging(rules, compatible, { memory, isLive: true });
      const found = events.map((event) => judge(event).rule?.id);
      memory.flush();
      memory.close();
      return found;
    };
    const bob = { decoder: "d", fts: ["dstuser"], fields: { dstuser: "bob" } };
    const events = [output("22"), { ...bob, log: "new" }, { ...bob, log: "hush" }];
    expect(run(events)).toEqual([undefined, 100, 101]);
    const later = [output("80"), { ...bob, log: "new" }, { ...bob, log: "told" }];
    expect(run(later)).toEqual([533, undefined, undefined]);
  });
});

test("W11: ours keeps the last output when the rule does not fire in the end", () => {
  const rules = rule(533, 7, "<match>^ossec: output: 'ports'</match><check_diff />", 'ignore="60"');
  const judge = judging(rules, false);
  const fired = [
    judge(output("22"), 0),
    judge(output("80"), 1),
    // Silent; so 22 is still news a while later.
    judge(output("22"), 2),
    judge(output("22"), 90),
  ].map((verdict) => verdict.rule?.id);
  expect(fired).toEqual([undefined, 533, undefined, 533]);
});

describe("a <list> that fails: ours does not ask the memory, OSSEC has asked it before", () => {
  const file = join(mkdtempSync(join(tmpdir(), "stockade-lists-")), "known");
  writeFileSync(file, "bob:\n");
  const inList = '<list field="user">lists/known</list>';
  const [bob, eve] = ["bob", "eve"].map((dstuser) => {
    const fields = { dstuser, srcip: "192.0.2.1" };
    return { decoder: "d", fts: ["srcip"], fields };
  });
  const fired = (rules: string, compatible: boolean, events: readonly Partial<Event>[]) => {
    const judge = judging(rules, compatible, {}, [{ name: "lists/known", file }]);
    return events.map((event) => judge(event).rule?.id);
  };

  test("if_fts: what is new is not new any more to another rule", () => {
    const rules = rule(101, 9, `${inList}<if_fts />`) + rule(100, 5, "<if_fts />");
    expect(fired(rules, false, [{ ...eve }])).toEqual([100]);
    expect(fired(rules, true, [{ ...eve }])).toEqual([undefined]);
  });

  test("check_diff: what differs is what came last", () => {
    const rules = rule(101, 9, `${inList}<check_diff />`);
    const events = [
      { ...bob, log: "one" },
      { ...eve, log: "two" },
      { ...bob, log: "two" },
    ];
    expect(fired(rules, false, events)).toEqual([undefined, undefined, 101]);
    expect(fired(rules, true, events)).toEqual([undefined, undefined, undefined]);
  });
});

test("ossec-logtest ignores nothing for later", () => {
  const rules =
    rule(101, 5, "<match>hush</match><ignore>user</ignore>") +
    rule(102, 5, "<match>told</match><check_if_ignored>user</check_if_ignored>");
  const bob = { fields: { dstuser: "bob" } };
  const told = (isLive: boolean) => {
    const judge = judging(rules, true, { isLive });
    judge({ ...bob, log: "hush" });
    return judge({ ...bob, log: "told" }).rule?.id;
  };
  expect(told(false)).toBe(102);
  expect(told(true)).toBeUndefined();
});
