import { expect, test } from "vitest";
import { driftOf } from "../../../src/respond/firewalls/drift.ts";

const limit = 2_147_483;
const year = 31_536_000;
const drift = (present: readonly [string, number][], wanted: readonly [string, number][]) =>
  driftOf(new Map(present), new Map(wanted), limit);

test.each([
  ["nothing differs", 300, 300, []],
  ["a busy machine", 290, 300, []],
  ["shortened by somebody", 289, 300, ["1 wrong end"]],
  ["lengthened by somebody", 311, 300, ["1 wrong end"]],
  ["made endless by somebody", Infinity, 300, ["1 wrong end"]],
  ["made endless, and long", Infinity, year, ["1 wrong end"]],
  ["as long as the system can count", limit, year, []],
  ["half of it is over", limit / 2 + 10, year, []],
])("%s", (_title, left, due, words) => {
  const { changes, words: said } = drift([["192.0.2.1", left]], [["192.0.2.1", due]]);
  expect(said).toEqual(words);
  expect(changes).toHaveLength(words.length);
});

test.each([
  ["more than half is over of a block that lasts beyond the limit", limit / 2 - 10, year],
  ["the system can count all that is left now", limit - 100_000, limit - 5],
])("begins anew without a word when %s", (_title, left, due) => {
  expect(drift([["192.0.2.1", left]], [["192.0.2.1", due]])).toEqual({
    changes: [{ verb: "add", network: "192.0.2.1", seconds: due }],
    words: [],
  });
});

test("counts what is missing and what is nobody's, and leaves what ends anyway", () => {
  expect(
    drift(
      [
        ["192.0.2.8", Infinity],
        ["192.0.2.9", 300],
        ["192.0.2.10", 3],
      ],
      [
        ["192.0.2.1", 300],
        ["192.0.2.2", 300],
      ],
    ),
  ).toEqual({
    changes: [
      { verb: "add", network: "192.0.2.1", seconds: 300 },
      { verb: "add", network: "192.0.2.2", seconds: 300 },
      { verb: "delete", network: "192.0.2.8" },
      { verb: "delete", network: "192.0.2.9" },
    ],
    words: ["2 missing blocks", "2 blocks of nobody's"],
  });
});
