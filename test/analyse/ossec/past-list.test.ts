import { expect, test } from "vitest";
import { Hashing } from "../../../src/analyse/hashing.ts";
import { nowhere, PastList } from "../../../src/analyse/ossec/past-list.ts";
import { eventAt } from "../build.ts";

const from = (source: string) => eventAt(0, source, { fields: { srcip: source } });
const sourceOf = (n: number) => `192.0.2.${n % 7}`;
const hashing = new Hashing();
const bySource = (list: PastList) =>
  list.index({ name: "source", key: ({ fields }) => hashing.of(fields["srcip"] ?? "") });

/** The numbers of all events of a source, newest first. */
function numbersOf(list: PastList, source: string): number[] {
  const index = bySource(list);
  const numbers: number[] = [];
  let place = list.newestLike(index, from(source));
  for (; place !== nowhere; place = list.before(index, place)) numbers.push(list.numberAt(place));
  return numbers;
}

test("a list finds the events of each source, newest first, however many came and went", () => {
  const list = new PastList();
  bySource(list);
  for (let number = 0; number < 500; number++) {
    list.push(number, from(sourceOf(number)));
    if (list.size > 100) list.shift();
  }
  const left = Array.from({ length: 100 }, (_, n) => 499 - n);
  expect(list.oldest).toBe(400);
  for (let source = 0; source < 7; source++) {
    const own = left.filter((number) => number % 7 === source);
    expect(numbersOf(list, sourceOf(source))).toEqual(own);
  }
});

test("sources that are gone are not found, and not kept", () => {
  const list = new PastList();
  const { newest } = bySource(list);
  for (let number = 0; number < 10_000; number++) {
    list.push(number, from(`10.0.${number >> 8}.${number & 255}`));
    if (list.size > 10) list.shift();
  }
  expect(newest.size).toBeLessThan(100);
  expect(numbersOf(list, "10.0.0.1")).toEqual([]);
  expect(numbersOf(list, "10.0.39.15")).toEqual([9999]);
});
