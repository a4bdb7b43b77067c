import { expect, test } from "vitest";
import { openCompromise } from "../../src/bin/compromise.ts";
import type { Alert } from "../../src/core/alert.ts";
import type { Line } from "../../src/core/event.ts";
import { shippedJudge } from "../weaknesses/judge.ts";

const lineOf = (sid: number, ends: string, priority: number, second: number): Line => ({
  text: `11/22/2026-10:00:${String(second).padStart(2, "0")}.000000  [**] [1:${sid}:1] "a" probe [**] [Classification: x] [Priority: ${priority}] {TCP} ${ends}`,
  location: "/var/log/suricata/fast.log",
  format: "snort-fast",
  receivedAt: Date.UTC(2026, 10, 22, 12),
});
const outwards = "198.51.100.44:50000 -> 203.0.113.80:443";
const inwards = "203.0.113.80:443 -> 198.51.100.44:50000";

/** What is said of the alerts of some lines, and the alerts of what is said. */
function told(lines: readonly Line[]) {
  const judge = shippedJudge();
  const compromiseIn = openCompromise();
  const texts = lines.flatMap((line) => {
    const { alert } = judge.judge(line).verdict;
    return (alert && compromiseIn(alert)) ?? [];
  });
  const alerts = texts.map(
    (text) =>
      judge.judge({ text, location: "stockaded", format: "own", receivedAt: 1 }).verdict.alert,
  );
  return { texts, alerts };
}

test("a call of ours that a signature knows as hostile is an alarm of its own, with our end named", () => {
  const { texts, alerts } = told([lineOf(1002, outwards, 1, 1)]);
  expect(texts).toEqual([
    'stockade: called out: 198.51.100.44 port 50000 to 203.0.113.80 port 443: signature 1:1002 ""a" probe", rule 300011',
  ]);
  expect(alerts).toMatchObject<Partial<Alert>[]>([
    {
      rule: { id: 309020, level: 12 } as Alert["rule"],
      mail: true,
      mayBlock: false,
      event: { srcip: "198.51.100.44", dstip: "203.0.113.80" } as Alert["event"],
    },
  ]);
  expect(alerts[0]?.event.verdict).toBeUndefined();
});

test("once for the same ends and signature within an hour, once for others", () => {
  const other = "198.51.100.44:50001 -> 203.0.113.81:443";
  const lines = [1, 2, 3].flatMap((second) => [
    lineOf(1002, outwards, 1, second),
    lineOf(1002, other, 1, second),
  ]);
  expect(told(lines).texts).toHaveLength(2);
});

test.each([
  ["a single alert of priority 2", lineOf(1002, outwards, 2, 1)],
  ["an answer to a call of ours", lineOf(1003, inwards, 1, 1)],
  ["an attack", lineOf(1001, inwards, 1, 1)],
  ["a packet of ours that may be an answer", lineOf(1013, outwards, 1, 1)],
])("not for %s", (_title, line) => {
  expect(told([line]).texts).toEqual([]);
});
