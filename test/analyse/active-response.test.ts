import { expect, test } from "vitest";
import { isTooOld, responsesTo } from "../../src/analyse/active-response.ts";
import { parseAddress } from "../../src/core/address.ts";
import type { Alert } from "../../src/core/alert.ts";
import { type VerdictClass, verdictClasses } from "../../src/core/verdict.ts";
import { eventAt } from "./build.ts";

const condition = {
  response: "firewall-drop",
  level: 9,
  ruleIds: [],
  ruleGroups: [],
  seconds: 300,
} as const;

function alert(level: number, more: Partial<Alert> = {}): Alert {
  const rule = { id: 5712, level, description: "d", groups: ["sshd"] };
  const event = eventAt(1000, "192.0.2.241");
  return { rule, event, previous: [], log: true, mail: true, mayBlock: true, ...more };
}

test("from its level on", () => {
  expect(responsesTo(alert(9), [condition])).toEqual([
    { response: "firewall-drop", address: "192.0.2.241", seconds: 300 },
  ]);
  expect(responsesTo(alert(8), [condition])).toEqual([]);
});

test("level, rule ids and groups are alternatives", () => {
  const { level: _, ...rest } = condition;
  expect(responsesTo(alert(3), [{ ...rest, ruleIds: [5712] }])).toHaveLength(1);
  expect(responsesTo(alert(3), [{ ...rest, ruleGroups: ["sshd"] }])).toHaveLength(1);
  expect(responsesTo(alert(16), [{ ...rest, ruleGroups: ["ssh"] }])).toEqual([]);
});

test.each([
  ["a rule with no_ar", alert(12, { mayBlock: false })],
  ["no source address", alert(12, { event: eventAt(1000, "scanner.example") })],
  ["no verdict", alert(12, { event: eventAt(1000, "192.0.2.241", { verdict: undefined }) })],
])("never for %s", (_title, made) => {
  expect(responsesTo(made, [{ ...condition, verdicts: verdictClasses }])).toEqual([]);
});

const judged = (name: VerdictClass) => {
  const remote = parseAddress("203.0.113.9");
  const verdict = { class: name, reason: "a test says so", remote, local: undefined };
  return alert(12, { event: eventAt(1000, "192.0.2.241", { verdict }) });
};

test.each(verdictClasses)("of the verdict %s, only where the response is for it", (name) => {
  const other = verdictClasses.filter((one) => one !== name);
  expect(responsesTo(judged(name), [condition]).length).toBe(name === "attacked-by" ? 1 : 0);
  expect(responsesTo(judged(name), [{ ...condition, verdicts: other }])).toEqual([]);
  expect(responsesTo(judged(name), [{ ...condition, verdicts: [name] }])).toHaveLength(1);
});

test("against the other end that the verdict names, whichever column of the log it stood in", () => {
  expect(responsesTo(judged("attacked-by"), [condition])).toMatchObject([
    { address: "203.0.113.9" },
  ]);
});

test("an event from before the block would have ended is too old", () => {
  const wish = {
    response: "firewall-drop",
    address: parseAddress("192.0.2.241")!,
    seconds: 300,
  } as const;
  expect(isTooOld(alert(12), wish, 1_299_000)).toBe(false);
  expect(isTooOld(alert(12), wish, 1_300_000)).toBe(true);
});
