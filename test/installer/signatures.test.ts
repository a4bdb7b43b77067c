import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const rules = ["stockade.rules", "bundled.rules"].flatMap((file) =>
  readFileSync(`rules/suricata/${file}`, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((rule) => ({ file, rule, sid: Number(/sid:(\d+);/.exec(rule)?.[1]) })),
);

test("every signature has a sid of its own in our range", () => {
  const sids = rules.map(({ sid }) => sid);
  expect(sids.length).toBeGreaterThan(20);
  expect(new Set(sids).size).toBe(sids.length);
  expect(sids.filter((sid) => !(sid >= 9_000_000 && sid < 9_100_000))).toEqual([]);
});

// Priority 1 blocks at once: it must take a completed connection, whose source cannot be forged.
test.each(rules.filter(({ rule }) => rule.includes("priority:1;")))(
  "$sid is proven",
  ({ rule }) => {
    expect(rule).toMatch(/^alert (tcp|http) \$EXTERNAL_NET any -> \$HOME_NET any \(/);
    expect(rule).toContain("flow:established,to_server;");
  },
);

test.each(rules)("$sid has a class and a priority", ({ rule }) => {
  expect(rule).toMatch(/classtype:[a-z-]+;.*priority:[123];/);
});
