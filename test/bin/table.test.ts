import { expect, test } from "vitest";
import { briefTime } from "../../src/bin/commands/table.ts";

const now = new Date(2026, 10, 22, 13, 2, 5).getTime();
const day = 86_400_000;

test.each([
  [0, "13:02:05"],
  [-2 * day, "Nov 20 13:02"],
  [60 * day, "Jan 21 13:02"],
  [300 * day, "2027-09-18"],
  [-200 * day, "2026-05-06"],
])("a time %d ms away is plain", (away, text) => {
  expect(briefTime(now + away, now)).toBe(text);
});
