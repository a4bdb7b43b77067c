import { expect, test } from "vitest";
import { Hashing } from "../../src/analyse/hashing.ts";

const hashing = new Hashing();

test("a text is hashed as well in parts", () => {
  expect(hashing.begin().add("a").add("").add("bc").value).toBe(hashing.of("abc"));
  expect(hashing.of("acb")).not.toBe(hashing.of("abc"));
});

test("of a text so many characters count as are wanted, however it comes in parts", () => {
  expect(hashing.begin(4).add("ab").add("cdef").add("g").value).toBe(hashing.of("abcd"));
  expect(hashing.length).toBe(4);
  expect(hashing.begin(4).add("ab").value).toBe(hashing.of("ab"));
  expect(hashing.of("abcdefg")).not.toBe(hashing.of("abcd"));
});

test("who has the seeds has the hashes, and nobody else", () => {
  const other = new Hashing();
  expect(new Hashing(hashing.seeds).of("abc")).toBe(hashing.of("abc"));
  expect(other.of("abc")).not.toBe(hashing.of("abc"));
  expect(new Hashing([...other.seeds.slice(0, 3), 5] as never).of("abc")).not.toBe(other.of("abc"));
});

test("texts that are much alike do not share a hash, nor half of one", () => {
  const texts = Array.from({ length: 200_000 }, (_, n) => `sshd 198.51.${n >> 8}.${n & 255}`);
  const hashes = texts.map((text) => hashing.of(text));
  expect(new Set(hashes).size).toBe(texts.length);
  // By chance some five pairs of two hundred thousand share one of the 2^32.
  for (const half of [(hash: number) => hash >>> 0, (hash: number) => Math.floor(hash / 2 ** 21)]) {
    expect(new Set(hashes.map(half)).size).toBeGreaterThan(texts.length - 50);
  }
});
