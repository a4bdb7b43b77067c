import { expect, test } from "vitest";
import { KeptTexts } from "../../../src/analyse/ossec/kept-texts.ts";

test("texts are kept as they were until they are dropped, however long and whatever the script", () => {
  const room = 64;
  const kept = new KeptTexts(room);
  const textOf = (n: number) => `${n} é 入 🔐 ${"x".repeat((n * n) % 3000)}`;
  for (let n = 0; n < 5000; n++) {
    if (n >= room) kept.drop(n % room);
    kept.set(n % room, n % 500 === 7 ? "é".repeat(65_536) : textOf(n));
  }
  const left = Array.from({ length: room }, (_, n) => 5000 - room + n);
  expect(left.map((n) => kept.at(n % room))).toEqual(left.map(textOf));
  kept.drop(5);
  kept.drop(5);
  expect(kept.at(5)).toBe("");
});

test("the room of those that are gone is used again", () => {
  const kept = new KeptTexts(8);
  const used = () => process.memoryUsage().arrayBuffers;
  const before = used();
  for (let n = 0; n < 20_000; n++) {
    kept.drop(n % 8);
    kept.set(n % 8, "x".repeat(1000));
  }
  expect(used() - before).toBeLessThan(2e6);
});
