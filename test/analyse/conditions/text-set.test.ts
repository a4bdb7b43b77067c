import { expect, test } from "vitest";
import { hashing, hashOf, TextSet } from "../../../src/analyse/conditions/text-set.ts";

test("has what was added, once, in that order", () => {
  const set = new TextSet();
  const texts = Array.from({ length: 1000 }, (_, n) => `text ${n}`);
  for (const text of [...texts, ...texts]) set.add(text, hashOf(text));
  expect(set.all()).toEqual(texts);
  expect(set.size).toBe(1000);
  expect(texts.every((text) => set.has(hashOf(text)))).toBe(true);
  expect(texts.map((text) => set.text(hashOf(text)))).toEqual(texts);
  expect(set.has(hashOf("text 1000"))).toBe(false);
  expect(set.text(hashOf("text 1000"))).toBeUndefined();
});

test("finds its way past others that lie where it would", () => {
  const set = new TextSet();
  const hashes = [1, 65, 129, 2, 2 ** 52 + 1];
  for (const hash of hashes) set.add(`${hash}`, hash);
  expect(hashes.map((hash) => set.text(hash))).toEqual(hashes.map(String));
  expect(set.has(193)).toBe(false);
});

test("a text is hashed as well in parts", () => {
  expect(hashing.begin().add("a").add("").add("bc").value).toBe(hashOf("abc"));
  expect(hashOf("acb")).not.toBe(hashOf("abc"));
});

test("texts that are much alike do not share a hash, nor half of one", () => {
  const texts = Array.from({ length: 200_000 }, (_, n) => `sshd 198.51.${n >> 8}.${n & 255}`);
  const hashes = texts.map(hashOf);
  expect(new Set(hashes).size).toBe(texts.length);
  // By chance some five pairs of two hundred thousand share one of the 2^32.
  for (const half of [(hash: number) => hash >>> 0, (hash: number) => Math.floor(hash / 2 ** 21)]) {
    expect(new Set(hashes.map(half)).size).toBeGreaterThan(texts.length - 50);
  }
});
