import { expect, test } from "vitest";
import type { Alert } from "../../src/core/alert.ts";
import { alertsOf, failure, stamp } from "./judge.ts";

/** The sources that a rule fired for. */
function sources(alerts: readonly Alert[], ...rules: readonly number[]): Set<string | undefined> {
  const found = alerts.filter(({ rule }) => rules.includes(rule.id));
  return new Set(found.map(({ event }) => event.srcip));
}

const address = (number: number) => `198.18.${number >> 8}.${number & 255}`;

test.each([1, 5, 20, 100, 1000])("W1: of %i attackers in parallel every one is found", (count) => {
  // Thirty failures each, in turns, within a minute.
  const lines = Array.from({ length: 30 * count }, (_, index) =>
    failure(Math.floor((index * 60) / (30 * count)), address(index % count)),
  );
  expect(sources(alertsOf(lines), 5720).size).toBe(count);
});

test("W2: a rule that is silent for one attacker is not for the next one", () => {
  const lines = [0, 1].flatMap((attacker) =>
    Array.from({ length: 8 }, (_, index) => failure(attacker * 13 + index, address(attacker))),
  );
  expect([...sources(alertsOf(lines), 5720)]).toEqual([address(0), address(1)]);
});

test("W3: thirty addresses that fail once each are one attack", () => {
  const lines = Array.from({ length: 30 }, (_, index) => failure(index, address(index)));
  const alerts = alertsOf(lines).filter(({ rule }) => rule.level >= 8);
  expect(alerts.length).toBeGreaterThan(0);
  // Nobody is blocked for what many did.
  expect(alerts.filter(({ mayBlock, rule }) => mayBlock && rule.level >= 9)).toEqual([]);
});

test("W4: frequency 8 is the eighth event", () => {
  const lines = Array.from({ length: 8 }, (_, index) => failure(index, address(1)));
  expect(sources(alertsOf(lines.slice(0, 7)), 5720).size).toBe(0);
  expect(sources(alertsOf(lines), 5720).size).toBe(1);
});

test("W5: equal lines count, one by one and folded", () => {
  const line = failure(1, address(1));
  expect(sources(alertsOf(new Array(30).fill(line)), 5720).size).toBe(1);
  const inside = line.slice(line.indexOf("Failed"));
  const folded = `${stamp(2)} web1 sshd[4001]: message repeated 7 times: [ ${inside}]`;
  expect(sources(alertsOf([line, folded]), 5720).size).toBe(1);
});

test("W6: time is the log's own: an hour apart is no attack, however fast it is read", () => {
  const hourly = Array.from({ length: 12 }, (_, index) => failure(index * 3600, address(1)));
  expect(sources(alertsOf(hourly), 5720).size).toBe(0);
});

test("W6: a clock that is set back, and lines out of order, neither fire nor silence", () => {
  const seconds = [100, 101, 99, 102, 98, 103, 104, 97];
  expect(sources(alertsOf(seconds.map((at) => failure(at, address(1)))), 5720).size).toBe(1);
  const back = [7000, 7001, 7002, 7003, ...Array.from({ length: 8 }, (_, index) => index)];
  expect(sources(alertsOf(back.map((at) => failure(at, address(1)))), 5720).size).toBe(1);
});

test("W12: an attacker who changes his address within a /64 is one source", () => {
  const lines = Array.from({ length: 50 }, (_, index) => failure(index, `2001:db8::${index + 1}`));
  expect(sources(alertsOf(lines), 5720).size).toBeGreaterThan(0);
  const apart = Array.from({ length: 7 }, (_, index) => failure(index, `2001:db8:${index}::1`));
  expect(sources(alertsOf(apart), 5720).size).toBe(0);
});
