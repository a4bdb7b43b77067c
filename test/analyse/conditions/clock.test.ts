import { expect, test } from "vitest";
import { localClock } from "../../../src/analyse/conditions/local-clock.ts";
import { timeRange } from "../../../src/analyse/conditions/time.ts";
import { weekdays } from "../../../src/analyse/conditions/weekday.ts";

const minute = (text: string) => {
  const [hour = 0, rest = 0] = text.split(":").map(Number);
  return hour * 60 + rest;
};

test.each([
  ["8:30-17:00", "8:30", true, true],
  ["8:30-17:00", "17:00", true, true],
  ["8:30-17:00", "17:01", false, false],
  ["8 am - 6 pm", "18:00", true, true],
  ["8am-6pm", "7:59", false, false],
  ["! 9-17", "12:00", false, false],
  ["!9-17", "8:59", true, true],
  ["6 pm - 8:30 am", "3:00", true, true],
  // OSSEC keeps such a range as what is not between its ends.
  ["6 pm - 8:30 am", "18:00", true, false],
  ["6 pm - 8:30 am", "8:30", true, false],
  ["6 pm - 8:30 am", "12:00", false, false],
  ["!6 pm - 8:30 am", "3:00", false, true],
  ["12 am - 1 pm", "0:30", true, false],
  ["12 pm - 1 pm", "12:30", true, true],
  ["0-0", "0:00", true, true],
  ["23:59-23:59", "23:59", true, true],
  ["1 am - 12:59 pm", "12:59", true, true],
  ["1 PM - 11 pm", "1:00", false, false],
])("the time %s at %s: ours says %s, OSSEC %s", (range, at, ours, ossec) => {
  expect(timeRange(range, false)(minute(at))).toBe(ours);
  expect(timeRange(range, true)(minute(at))).toBe(ossec);
});

test.each([
  "",
  "8",
  "8-",
  "25:00-26:00",
  "8:60-9:00",
  "8-9-10",
  "morning - noon",
  "8.30-9",
  "24:00-24:00",
  "1 pm - 13 pm",
])("%j is no time", (text) => {
  expect(() => timeRange(text, false)).toThrow("expected a range such as");
  expect(() => timeRange(text, true)).toThrow("expected a range such as");
});

test.each([
  ["0 am - 1 am", "0:30"],
  ["13 am - 14 am", "13:30"],
  ["0 pm - 1 pm", "12:30"],
])("%j is a time to OSSEC only", (text, at) => {
  expect(() => timeRange(text, false)).toThrow("expected a range such as");
  expect(timeRange(text, true)(minute(at))).toBe(true);
});

test.each([
  ["monday", [1]],
  ["sunday,tuesday,wednesday,thursday,friday,saturday", [0, 2, 3, 4, 5, 6]],
  ["thu", [4]],
  ["fri", [5]],
  ["Mon, tue", [1, 2]],
  ["weekdays", [1, 2, 3, 4, 5]],
  ["weekends", [0, 6]],
  ["sat,sunday wed", [0, 3, 6]],
])("the weekdays %s", (text, expected) => {
  const isOne = weekdays(text, true);
  expect([0, 1, 2, 3, 4, 5, 6].filter(isOne)).toEqual(expected);
});

test("a negation of weekdays: ours means the others, OSSEC refuses it", () => {
  expect([0, 1, 2, 3, 4, 5, 6].filter(weekdays("!weekends", false))).toEqual([1, 2, 3, 4, 5]);
  expect(() => weekdays("!weekends", true)).toThrow('knows no "!"');
  expect(() => weekdays("someday", false)).toThrow('is "someday", expected days');
});

test("the local clock tells the minute of the day and the weekday, also of the minute after", () => {
  const clock = localClock();
  for (const seconds of [0, 59, 60, 3600, 86_400, 0]) {
    const date = new Date(2026, 10, 22, 23, 58, seconds);
    const expected = { minute: date.getHours() * 60 + date.getMinutes(), weekday: date.getDay() };
    expect(clock(date.getTime())).toEqual(expected);
  }
});
