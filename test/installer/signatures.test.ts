import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { responsesTo } from "../../src/analyse/active-response.ts";
import { loadConfiguration, openJudge } from "../../src/bin/judge.ts";
import { pathsBelow } from "../../src/config/paths.ts";
import { verdictOfTests } from "../verdict/ground.ts";

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

// Whatever a single packet can set off, anybody can set off under any source.
test.each(rules.filter(({ rule }) => !rule.includes("flow:established,to_server;")))(
  "$sid proves no connection: it never blocks, however often it comes",
  ({ rule }) => {
    expect(rule).toContain("priority:3;");
    expect(blocksAfter(rule, 200)).toEqual([]);
  },
);

// What `nmap -A` sends over completed connections, whichever other signatures are installed.
test.each([9_000_001, 9_000_002, 9_000_100])("%i leads to a block at once", (sid) => {
  const found = rules.find((signature) => signature.sid === sid);
  expect(found?.rule).toContain("flow:established,to_server;");
  expect(blocksAfter(found?.rule ?? "", 1)).toContain("192.0.2.241");
});

const configuration = loadConfiguration({
  ...pathsBelow("/nonexistent", "."),
  settings: "config/stockade.conf",
});
const { judge, forget } = openJudge(configuration, { verdictOf: verdictOfTests() });

/** Who would be blocked with the shipped settings when the signature's alert comes in so often, ten a second. */
function blocksAfter(rule: string, times: number): string[] {
  forget();
  return Array.from({ length: times }, (_, n) => noon + n * 100).flatMap((receivedAt) => {
    const text = alertOf(rule, receivedAt);
    const { alert } = judge({
      text,
      location: "fast.log",
      format: "snort-fast",
      receivedAt,
    }).verdict;
    const wishes = alert ? responsesTo(alert, configuration.settings.activeResponses) : [];
    return wishes.map(({ address }) => address);
  });
}

const noon = new Date(2026, 10, 22, 12).getTime();

/** As Suricata writes it to fast.log. */
function alertOf(rule: string, at: number): string {
  const part = (key: string) => new RegExp(`[(; ]${key}:"?([^;"]*)`).exec(rule)?.[1] ?? "";
  const seconds = new Date(at).toTimeString().slice(0, 8);
  const name = `[1:${part("sid")}:${part("rev")}] ${part("msg")}`;
  const kind = `[Classification: ${part("classtype")}] [Priority: ${part("priority")}]`;
  return `11/22/2026-${seconds}.000000  [**] ${name} [**] ${kind} {TCP} 192.0.2.241:4000 -> 198.51.100.44:22`;
}
