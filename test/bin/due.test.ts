import { expect, test } from "vitest";
import { openDue } from "../../src/bin/due.ts";
import type { Alert } from "../../src/core/alert.ts";

/** Says what is told of a line that is two hours old, so many minutes after the start. */
function toldAfter(minutes: number): string[] {
  const told: string[] = [];
  let now = Date.UTC(2026, 10, 22, 12);
  const log = { info: () => {}, warn: (text: string) => void told.push(text), error: () => {} };
  const due = openDue(log, () => now);
  now += minutes * 60_000;
  const alert = { event: { at: now - 7_200_000, location: "journald" } } as unknown as Alert;
  expect(due.isLate(alert, 300, "192.0.2.7")).toBe(true);
  expect(due.lateCount()).toBe(1);
  return told;
}

test("soon after a start an old line is a backlog, later somebody's clock is wrong", () => {
  expect(toldAfter(1)).toEqual([
    expect.stringMatching(/says it is 120 min old; unless that is a backlog, check the clock/),
  ]);
  expect(toldAfter(11)).toEqual([
    expect.stringMatching(
      /^192\.0\.2\.7 is not blocked: its line in journald says it is 120 min old, though it is no backlog; /,
    ),
  ]);
  // The clock was set back.
  expect(toldAfter(-120)).toEqual([expect.stringContaining("no backlog")]);
});
