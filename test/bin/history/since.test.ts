import { expect, test } from "vitest";
import { readSince } from "../../../src/bin/history/since.ts";

const now = Date.UTC(2026, 10, 22, 12);

test.each([
  ["2026-11-20", new Date(2026, 10, 20).getTime()],
  ["2026-11-20 14:05", new Date(2026, 10, 20, 14, 5).getTime()],
  ["2026-11-20T14:05:06Z", Date.UTC(2026, 10, 20, 14, 5, 6)],
  ["90m", now - 90 * 60_000],
  ["12h", now - 12 * 3_600_000],
  ["7d", now - 7 * 86_400_000],
])("%s", (text, at) => {
  expect(readSince(text, now)).toBe(at);
});

test.each(["", "yesterday", "2026-13-40", "7 d", "-1d", "20.11.2026"])(
  '"%s" is no date',
  (text) => {
    expect(() => readSince(text, now)).toThrow("is no date");
  },
);
