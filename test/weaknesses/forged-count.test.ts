import { expect, test } from "vitest";
import { responsesTo } from "../../src/analyse/active-response.ts";
import { loadSettings } from "../../src/config/load.ts";
import type { Line } from "../../src/core/event.ts";
import { shippedJudge } from "./judge.ts";

const { settings } = loadSettings("config/stockade.conf");
const server = "198.51.100.44";

/** A bare SYN, under any address. */
const forged = 2_010_937;
/** What only an established connection sets off. */
const proven = 9_000_105;

function lineOf(sid: number, source: string, second: number, protocol = "TCP"): Line {
  return {
    text: `11/22/2026-10:${String(Math.floor(second / 60)).padStart(2, "0")}:${String(second % 60).padStart(2, "0")}.000000  [**] [1:${sid}:1] m [**] [Classification: c] [Priority: 2] {${protocol}} ${source}:4000 -> ${server}:3306`,
    location: "/var/log/suricata/fast.log",
    format: "snort-fast",
    receivedAt: Date.UTC(2026, 10, 22, 12),
  };
}

/** The rules of all alerts, and who is blocked by the settings as they are shipped. */
function judged(lines: readonly Line[]) {
  const judge = shippedJudge();
  const alerts = lines.flatMap((line) => judge.judge(line).verdict.alert ?? []);
  const wishes = alerts.flatMap((alert) => responsesTo(alert, settings.activeResponses));
  return {
    rules: new Set(alerts.map(({ rule }) => rule.id)),
    blocked: [...new Set(wishes.map(({ address }) => address as string))],
  };
}

test("packets under a forged address raise their tiers and block nobody, however many they are", () => {
  const lines = Array.from({ length: 100 }, (_, second) => lineOf(forged, "8.8.8.8", second));
  const { rules, blocked } = judged(lines);
  expect([300002, 300003, 300004].filter((rule) => !rules.has(rule))).toEqual([]);
  expect(blocked).toEqual([]);
});

test("the same over established connections blocks at the tenth", () => {
  const lines = Array.from({ length: 10 }, (_, second) => lineOf(proven, "192.0.2.241", second));
  expect(judged(lines.slice(0, 9)).blocked).toEqual([]);
  expect(judged(lines).blocked).toEqual(["192.0.2.241"]);
});

test("a forged count does not make one proven alert of the same address the tenth", () => {
  const forgedOnes = Array.from({ length: 9 }, (_, second) => lineOf(forged, "192.0.2.7", second));
  expect(judged([...forgedOnes, lineOf(proven, "192.0.2.7", 10)]).blocked).toEqual([]);
});

test("nor do an attacker's own forgeable packets spare him", () => {
  const mixed = Array.from({ length: 10 }, (_, second) => [
    lineOf(forged, "192.0.2.7", second),
    lineOf(proven, "192.0.2.7", second),
  ]).flat();
  expect(judged(mixed).blocked).toEqual(["192.0.2.7"]);
});

test("a datagram from a resolver blocks nobody, nor what we called and what answered", () => {
  const lines = Array.from({ length: 60 }, (_, second) => [
    lineOf(proven, "8.8.8.8", second, "UDP"),
    lineOf(1003, "203.0.113.80", second),
    lineOf(1002, "203.0.113.81", second),
  ]).flat();
  expect(judged(lines).blocked).toEqual([]);
});
