import { expect, test } from "vitest";
import { HashMap } from "../../src/analyse/hash-map.ts";

const many = Array.from({ length: 1000 }, (_, n) => n * 2 ** 20 + n + 1);

test("has what was set last, once each", () => {
  const map = new HashMap();
  for (const hash of [...many, ...many]) map.set(hash, hash + map.size);
  expect(map.size).toBe(1000);
  expect(many.map((hash) => map.get(hash))).toEqual(many.map((hash) => hash + 1000));
  expect([...map.hashes()].toSorted((a, b) => a - b)).toEqual(many);
  expect([map.has(7), map.get(7)]).toEqual([false, undefined]);
});

test("finds its way past others that lie where it would", () => {
  const map = new HashMap();
  const hashes = [1, 65, 129, 2, 2 ** 52 + 1];
  for (const hash of hashes) map.set(hash, hash * 2);
  expect(hashes.map((hash) => map.get(hash))).toEqual(hashes.map((hash) => hash * 2));
  expect(map.has(193)).toBe(false);
});

test("keeps what shall stay, and takes more after that", () => {
  const map = new HashMap();
  for (const [number, hash] of many.entries()) map.set(hash, number);
  map.keep((number) => number >= 990);
  expect(map.size).toBe(10);
  expect(many.filter((hash) => map.has(hash))).toEqual(many.slice(990));
  for (const hash of many) map.set(hash, 0);
  expect(map.size).toBe(1000);
  map.clear();
  expect([map.size, map.has(many[0] ?? 0)]).toEqual([0, false]);
});
