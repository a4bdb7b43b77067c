import { expect, test } from "vitest";
import { masked, openTemplates } from "../../../src/bin/history/templates.ts";

test.each([
  ["port 22 from 203.0.113.9 after 3 s", "port # from ADDRESS after # s"],
  ["from 2001:db8::1 and ::1", "from ADDRESS and ADDRESS"],
  ["at 10:00:01 session 9f86d081884c7d65", "at #:#:# session HEX"],
  ["deadbeef cafe facade", "deadbeef cafe facade"],
  ["version 1.2.3.4.5 of web1", "version #.#.#.#.# of web#"],
])("%s", (line, template) => {
  expect(masked(line)).toBe(template);
});

test("counts kinds, the most frequent first, with an example", () => {
  const templates = openTemplates();
  templates.add("hello", "10:00 hello");
  for (const n of [1, 2, 3]) templates.add(`door ${n}`, `10:0${n} door ${n}`);
  expect(templates.top(1)).toEqual([{ text: "door #", count: 3, example: "10:01 door 1" }]);
  expect(templates.total).toBe(4);
});

test("made-up lines fill neither memory nor time", () => {
  const templates = openTemplates();
  const letters = (n: number) =>
    n.toString(36).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "");
  const started = performance.now();
  for (let n = 0; n < 50_000; n++) templates.add(letters(n), "x");
  for (const text of [":".repeat(60_000), "1.".repeat(30_000), "a".repeat(60_000)]) {
    templates.add(text, text);
  }
  expect(performance.now() - started).toBeLessThan(5000);
  expect(templates.top(100_000).length).toBeLessThanOrEqual(20_000);
  expect(templates.total).toBe(50_003);
});
