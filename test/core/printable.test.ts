import { expect, test } from "vitest";
import { isPrintableAscii, printable } from "../../src/core/printable.ts";

const long = "x".repeat(100);
const plain = ["", " ", "~", 'a "quoted" \\ one', long, `${long} "`];
const not = [
  "\n",
  "\u007f",
  "é",
  "🔐",
  `${long}\u001b[2J`,
  `${long}\n`,
  `${long}é`,
  `\u0000${long}`,
];

test("text is printable ASCII or not, short or long, however often one asks and whatever else was asked", () => {
  for (const _ of [1, 2, 3]) {
    for (const text of plain) expect([text, isPrintableAscii(text)]).toEqual([text, true]);
    for (const text of [...not, ...not])
      expect([text, isPrintableAscii(text)]).toEqual([text, false]);
    for (const text of not)
      expect([isPrintableAscii(text), isPrintableAscii(text)]).toEqual([false, false]);
  }
});

test("what is printable ASCII stays as it is", () => {
  expect(plain.map(printable)).toEqual(plain);
  expect(not.slice(0, 2).map(printable)).toEqual(["\\x0a", "\\x7f"]);
});
