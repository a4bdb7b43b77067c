import { expect, test } from "vitest";
import { audit } from "../../../src/collect/join/audit.ts";
import { openEntries, type Reading } from "../../../src/collect/join/entries.ts";
import { joinLines } from "../../../src/collect/join/join-lines.ts";
import { postgresqlLog } from "../../../src/collect/join/postgresql-log.ts";

const [first, second, third] = [{ name: "1" }, { name: "2" }, { name: "3" }] as const;

/** A reading of these lines, which begin at `start` in their file. */
function reading(start: number, ...lines: string[]): Reading {
  const lengths = lines.map((line) => line.length + 1);
  return { lines, lengths, end: start + lengths.reduce((sum, length) => sum + length, 0) };
}

test("an entry that is not whole is held from its beginning", () => {
  const entries = openEntries<object>(joinLines(postgresqlLog));
  expect(entries.push(first, reading(100, "one", "two", "\tmore"), 0)).toEqual(["one"]);
  expect(entries.heldFrom(first)).toBe(104);
  expect(entries.push(first, reading(114, "\tmore"), 0)).toEqual([]);
  expect(entries.heldFrom(first)).toBe(104);
  expect(entries.expire(5000)).toEqual(["two more more"]);
  expect(entries.heldFrom(first)).toBeUndefined();
});

test("one that goes on in the next files is held in all of them", () => {
  const entries = openEntries<object>(joinLines(postgresqlLog));
  entries.push(first, reading(100, "one"), 0);
  entries.push(second, reading(0, "\tmore"), 0);
  entries.push(third, reading(0, "\tmore"), 0);
  const held = () => [first, second, third].map(entries.heldFrom);
  expect(held()).toEqual([100, 0, 0]);
  entries.push(third, reading(6, "two"), 0);
  expect(held()).toEqual([undefined, undefined, 6]);
  entries.expire(5000);
  expect(held()).toEqual([undefined, undefined, undefined]);
});

test("of several open entries the oldest counts, in each file", () => {
  const entries = openEntries<object>(audit());
  const record = (number: number, type = "PATH") =>
    `type=${type} msg=audit(1700000000.123:${number}): a`;
  const length = record(1).length + 1;
  entries.push(first, reading(0, record(1), record(2)), 0);
  entries.push(second, reading(0, record(3)), 0);
  const held = () => [first, second, third].map(entries.heldFrom);
  expect(held()).toEqual([0, 0, undefined]);
  entries.push(second, reading(length, record(1, "PROCTITLE")), 0);
  expect(held()).toEqual([length, 0, undefined]);
  entries.push(third, reading(0, record(2, "PROCTITLE")), 0);
  expect(held()).toEqual([undefined, 0, 0]);
  entries.push(third, reading(90, record(3, "PROCTITLE")), 0);
  expect(held()).toEqual([undefined, undefined, undefined]);
});

test("what was copied away is held in the copy", () => {
  const entries = openEntries<object>(joinLines(postgresqlLog));
  const copy = {};
  entries.push(first, reading(100, "one"), 0);
  entries.moved(first, copy);
  expect(entries.heldFrom(copy)).toBe(100);
  expect(entries.push(copy, reading(104, "\tmore", "two"), 0)).toEqual(["one more"]);
  expect(entries.heldFrom(copy)).toBe(110);
});

test("each entry is told with where it begins, as far as that is in this file", () => {
  const entries = openEntries<object>(joinLines(postgresqlLog));

  const offsets: (number | undefined)[] = [];
  expect(
    entries.push(first, reading(100, "one", "two", "\tmore", "three"), 0, offsets),
  ).toHaveLength(2);
  expect(offsets).toEqual([100, 104]);
  const others: (number | undefined)[] = [];
  entries.push(second, reading(0, "four", "five"), 0, others);
  expect(others).toEqual([undefined, 0]);
});
