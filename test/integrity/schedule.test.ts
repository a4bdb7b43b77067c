import { expect, test } from "vitest";
import { nextScan } from "../../src/integrity/schedule.ts";

const local = (text: string) => new Date(`2026-11-${text}`).getTime();

test.each([
  ["so many seconds after the last", { frequencySeconds: 3600 }, "22T10:00:00", "22T11:00:00"],
  [
    "at a time of the same day",
    { frequencySeconds: 1, scanTime: 1260 },
    "22T10:00:00",
    "22T21:00:00",
  ],
  [
    "at a time of the next day",
    { frequencySeconds: 1, scanTime: 510 },
    "22T10:00:00",
    "23T08:30:00",
  ],
  ["not twice at its time", { frequencySeconds: 1, scanTime: 600 }, "22T10:00:00", "23T10:00:00"],
  ["on a day of the week", { frequencySeconds: 1, scanDays: [1] }, "22T10:00:00", "23T00:00:00"],
  [
    "at a time on a day, a week later when it was there",
    { frequencySeconds: 1, scanTime: 60, scanDays: [0] },
    "22T10:00:00",
    "29T01:00:00",
  ],
])("%s", (_, timetable, last, due) => {
  expect(nextScan(timetable, local(last))).toBe(local(due));
});
