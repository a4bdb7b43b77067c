import { expect, test } from "vitest";
import { isTooOld, responsesTo } from "../../src/analyse/active-response.ts";
import { parseAddress } from "../../src/core/address.ts";
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
  [
    "a packet whose source may be forged",
    alert(12, {
      event: eventAt(1000, "192.0.2.241", { category: "ids", fields: { protocol: "UDP" } }),
    }),
  ],
])("never for %s", (_title, made) => {
  expect(responsesTo(made, [condition])).toEqual([]);
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
