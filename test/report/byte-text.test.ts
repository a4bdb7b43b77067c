import { expect, test } from "vitest";
import { ByteText } from "../../src/report/byte-text.ts";

test("is the text it was put together of, short or long, of any script", () => {
  const parts = ["a", "é", "入 🔐", "", "x".repeat(31), `${"x".repeat(30)}é`, "y".repeat(20_000)];
  const text = new ByteText();
  for (const round of [1, 2]) {
    text.cut(0);
    for (const part of parts) text.add(part);
    text.addBytes(Buffer.from("ende"));
    expect(text.toString()).toBe(`${parts.join("")}ende`);
    expect([round, text.length]).toEqual([round, Buffer.byteLength(`${parts.join("")}ende`)]);
  }
});

test("numbers are written as they are read", () => {
  const numbers = [0, 9, 10, 19, 100, 65_535, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 1e15, 2 ** 53 - 1];
  const text = new ByteText(1);
  for (const number of numbers) {
    text.addNumber(number);
    text.add(" ");
  }
  expect(text.toString()).toBe(`${numbers.join(" ")} `);
});

test("both ends can be cut off, and it goes on from there", () => {
  const text = new ByteText();
  text.add("begin, middle, end");
  text.cut("begin, middle".length);
  text.shift("begin, ".length);
  expect([text.toString(), text.length]).toEqual(["middle", 6]);
  text.add("!");
  expect(text.bytes.toString("utf8", 0, text.length)).toBe("middle!");
  text.shift(text.length);
  expect(text.toString()).toBe("");
});
