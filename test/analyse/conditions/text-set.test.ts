import { expect, test } from "vitest";
import { hashOf, TextSet } from "../../../src/analyse/conditions/text-set.ts";

test("has what was added, in that order, whoever shares a hash", () => {
  const set = new TextSet();
  const texts = Array.from({ length: 1000 }, (_, n) => `text ${n}`);
  // 0, which no text may be kept under, is among these.
  const few = (text: string) => hashOf(text) & 7;
  for (const text of [...texts, ...texts]) set.add(text, few(text));
  expect(set.all()).toEqual(texts);
  expect(set.size).toBe(1000);
  expect(texts.every((text) => set.has(text, few(text)))).toBe(true);
  expect(set.has("text 1000", few("text 1000"))).toBe(false);
  expect(set.like(8)).toBeUndefined();
  expect(few(set.like(0) ?? "")).toBe(0);
});

test("a text is hashed as well in parts", () => {
  expect(hashOf("c", hashOf("b", hashOf("a")))).toBe(hashOf("abc"));
  expect(hashOf("acb")).not.toBe(hashOf("abc"));
});
