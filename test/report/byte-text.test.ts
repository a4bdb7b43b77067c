import { expect, test } from "vitest";
import { ByteText } from "../../src/report/byte-text.ts";

test("is the text it was put together of, short or long, of any script", () => {
  const parts = ["a", "é", "入 🔐", "", "x".repeat(31), `${"x".repeat(30)}é`, "y".repeat(20_000)];
  const text = new ByteText();
  for (const round of [1, 2]) {
    text.clear();
    for (const part of parts) text.add(part);
    text.addBytes(Buffer.from("ende"));
    expect(text.toString()).toBe(`${parts.join("")}ende`);
    expect([round, text.length]).toEqual([round, Buffer.byteLength(`${parts.join("")}ende`)]);
  }
  const target = Buffer.alloc(text.length + 1, "-");
  text.copyTo(target, 1);
  expect(target.toString()).toBe(`-${text}`);
});
