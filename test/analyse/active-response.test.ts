import { expect, test } from "vitest";
import { responsesTo } from "../../src/analyse/active-response.ts";
import type { Alert } from "../../src/core/alert.ts";
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

const now = 1_000_000;

test("from its level on", () => {
  expect(responsesTo(alert(9), [condition], now)).toEqual([
    { response: "firewall-drop", address: "192.0.2.241", seconds: 300 },
  ]);
  expect(responsesTo(alert(8), [condition], now)).toEqual([]);
});

test("level, rule ids and groups are alternatives", () => {
  const { level: _, ...rest } = condition;
  expect(responsesTo(alert(3), [{ ...rest, ruleIds: [5712] }], now)).toHaveLength(1);
  expect(responsesTo(alert(3), [{ ...rest, ruleGroups: ["sshd"] }], now)).toHaveLength(1);
  expect(responsesTo(alert(16), [{ ...rest, ruleGroups: ["ssh"] }], now)).toEqual([]);
});

test.each([
  ["a rule with no_ar", alert(12, { mayBlock: false })],
  ["no source address", alert(12, { event: eventAt(1000, "scanner.example") })],
  [
    "a packet whose source may be forged",
    alert(12, {
      event: eventAt(1000, "192.0.2.241", { category: "ids", fields: { protocol: "UDP" } }),
    }),
  ],
  [
    "an event from before the block would have ended",
    alert(12, { event: eventAt(600, "192.0.2.241") }),
  ],
])("never for %s", (_title, made) => {
  expect(responsesTo(made, [condition], now)).toEqual([]);
});
