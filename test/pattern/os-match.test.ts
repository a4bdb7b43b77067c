import { expect, test } from "vitest";
import { Failure } from "../../src/core/failure.ts";
import { compilePattern } from "../../src/pattern/compile.ts";

test.each([
  ["", "", true],
  ["", "anything", true],
  ["abc", "xxABCxx", true],
  ["abc", "xxabxcx", false],
  // "|" parts, and nothing takes its meaning away.
  ["aa|bb", "xbbx", true],
  ["aa|bb", "xabx", false],
  ["a\\|b", "xxa\\xx", true],
  ["a\\|b", "b", true],
  ["a\\|b", "a", false],
  ["a\\<b", "a<b", false],
  ["a\\<b", "a\\<b", true],
  // Everything else stands for itself.
  [".", "a", false],
  [".", "a.", true],
  ["[ab]{2}+?*(x)", "-[AB]{2}+?*(X)-", true],
  ["!a", "b", false],
  ["!a", "!a", true],
  // Ends.
  ["^ab", "abc", true],
  ["^ab", "xab", false],
  ["ab$", "xab", true],
  ["ab$", "abx", false],
  ["^ab$", "AB", true],
  ["^ab$", "abb", false],
  ["^^ab", "abc", true],
  ["ab$$", "cab", true],
  ["a^b", "a^b", false],
  ["a^b", "ab", false],
  ["a$b", "a$b", false],
  ["^aa|bb$", "aax", true],
  ["^aa|bb$", "xbb", true],
  ["^aa|bb$", "xaabbx", false],
  ["ab$", "ab\n", true],
  ["ab$", "ab\n\n", false],
  // An empty alternative is everything.
  ["a||b", "x", true],
  ["|", "x", true],
  ["^", "x", true],
  ["$", "x", true],
  ["a|", "", true],
  // Cases of all scripts.
  ["É", "é", true],
  ["straße", "STRAßE", true],
  ["s", "ſ", true],
  ["k", "\u212A", true],
  ["å", "\u212B", true],
  ["ж", "Ж", true],
  ["s", "ß", false],
])("%j on %j: %s", (source, text, expected) => {
  const pattern = compilePattern("match", source);
  expect(pattern.test(text)).toBe(expected);
  expect(pattern.find(text) !== undefined).toBe(expected);
});

test("takes 2048 bytes and no more", () => {
  const most = `${"äëïöü".repeat(204)}abcdefgh`;
  expect(compilePattern("match", most).test(`x${most}x`)).toBe(true);
  expect(() => compilePattern("match", `${most}a`)).toThrow(Failure);
});

test("finds where the leftmost match ends, and has no groups", () => {
  expect(compilePattern("match", "b|ab|abc").find("xabc")).toEqual({ end: 3, groups: [] });
});
