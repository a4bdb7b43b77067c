import { expect, test } from "vitest";
import { absent, HashMap } from "../../src/analyse/hash-map.ts";

const many = Array.from({ length: 1000 }, (_, n) => n * 2 ** 20 + n + 1);

test("has what was set last, once each", () => {
  const map = new HashMap();
  for (const hash of [...many, ...many]) map.set(hash, hash + map.size);
  expect(map.size).toBe(1000);
  expect(many.map((hash) => map.get(hash))).toEqual(many.map((hash) => hash + 1000));
  const entries = [...map.entries()].toSorted(([a], [b]) => a - b);
  expect(entries).toEqual(many.map((hash) => [hash, hash + 1000]));
  expect(map.get(7)).toBe(absent);
  expect([map.set(7, 1), map.set(7, 2), map.get(7)]).toEqual([absent, 1, 2]);
});

test("finds its way past others that lie where it would", () => {
  const map = new HashMap();
  const hashes = [1, 65, 129, 2, 2 ** 52 + 1];
  for (const hash of hashes) map.set(hash, hash * 2);
  expect(hashes.map((hash) => map.get(hash))).toEqual(hashes.map((hash) => hash * 2));
  expect(map.get(193)).toBe(absent);
});

test("drops what need not stay when it has no more room, and takes more after that", () => {
  let oldest = 0;
  const map = new HashMap((number) => number >= oldest);
  for (const [number, hash] of many.entries()) {
    oldest = number - 10;
    map.set(hash, number);
    expect(map.size).toBeLessThan(33);
  }
  expect(many.slice(990).map((hash) => map.get(hash))).toEqual(
    Array.from({ length: 10 }, (_, n) => 990 + n),
  );
  expect(map.get(many[0] ?? 0)).toBe(absent);
  map.clear();
  expect([map.size, map.get(many[999] ?? 0)]).toEqual([0, absent]);
});
