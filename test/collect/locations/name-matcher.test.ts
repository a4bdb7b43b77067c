import { expect, test } from "vitest";
import { nameMatcher } from "../../../src/collect/locations/name-matcher.ts";
import { costOf } from "../../cost.ts";

test.each<[string, string[], string[]]>([
  ["*", ["a", "a.b", "äöü"], [".a", ""].slice(0, 1)],
  ["*.log", [".log".padStart(5, "x"), "a.log", "a.b.log"], [".log", "a.log.1", "log"]],
  [".*", [".a"], ["a"]],
  ["a?c", ["abc", "aäc", "a😀c"], ["ac", "abbc"]],
  ["[ab]*.log", ["a.log", "bx.log"], ["c.log"]],
  ["[!ab]", ["c"], ["a", "b"]],
  ["[^ab]", ["c"], ["a"]],
  ["[a-c0-9]", ["b", "5"], ["d", "-"]],
  ["[]x]", ["]", "x"], ["a"]],
  ["[a-]", ["a", "-"], ["b"]],
  ["[", ["["], ["a"]],
  [String.raw`\*`, ["*"], ["a"]],
  ["a*b*c", ["abc", "aXbYc", "abbbc"], ["ab", "acb"]],
  ["a.b", ["a.b"], ["aXb"]],
  ["(a|b)+{c}", ["(a|b)+{c}"], ["a"]],
])("%s", (pattern, yes, no) => {
  const matches = nameMatcher(pattern);
  expect(yes.filter((name) => !matches(name))).toEqual([]);
  expect(no.filter(matches)).toEqual([]);
});

test("no name takes long", () => {
  const matches = nameMatcher(`${"*a".repeat(100)}b`);
  expect(matches("a".repeat(255))).toBe(false);
  expect(costOf(() => matches("a".repeat(255)))).toBeLessThan(50);
});
