import { expect, test } from "vitest";
import { compilePattern } from "../../src/pattern/compile.ts";

const find = (source: string, text: string) => compilePattern("regex", source).find(text);

test.each([
  ["\\d", "5", true],
  ["\\d", "٥", false],
  ["\\D", "a", true],
  ["\\D", "5", false],
  ["^\\w+$", "aZ09@_-", true],
  ["\\w", ".", false],
  ["\\w", "é", false],
  ["\\W", "@", false],
  ["\\W", "-", false],
  ["a\\W", "aé", true],
  ["\\s", " ", true],
  ["\\s", "\t", false],
  ["\\S", "\t", true],
  ["\\S", " ", false],
  ["^\\p+$", "()*+,.:;<=>?[]!\"'#%&$|{}-", true],
  ["\\p", "/@^~_`\\", false],
  ["^\\.$", "\n", true],
  ["^\\.$", "ab", false],
  ["a.b", "axb", false],
  ["a.b", "a.b", true],
  ["a[b]{2}?", "a[b]{2}?", true],
  ["a$", "xa", true],
  ["a$", "xa\n", false],
  ["a$b", "a$b", false],
  ["a^b", "a^b", false],
  // Only what a backslash made is repeated.
  ["a+", "aa", false],
  ["a+", "a+", true],
  ["a*b", "a*b", true],
  ["^\\d+$", "123", true],
  ["^\\d*$", "", true],
  ["x\\d*y", "xy", true],
  ["\\d?", "5?", true],
  ["^\\d++$", "12+", true],
  ["^\\dd+$", "1d+", true],
  ["^\\\\d+$", "\\ddd", true],
  ["^\\\\+$", "\\\\\\", true],
  ["^\\p+$", "::", true],
  ["^\\(+$", "((", true],
  ["^(\\d+)+$", "12+", true],
  ["^(a+)+$", "aa", false],
  // Copied escapes.
  ["^\\t\\$\\(\\)\\{\\}\\[\\]\\\\\\|\\<$", "\t$(){}[]\\|<", true],
  // Groups and alternatives.
  ["^(a|b)c$", "bc", true],
  ["^a|b$", "axx", true],
  ["(?:a)", "?:a", true],
  ["(?:a)", "a", false],
  ["É", "é", true],
  ["\\w", "ſ", true],
  ["\\W", "ſ", false],
])("%j on %j: %s", (source, text, expected) => {
  const pattern = compilePattern("regex", source);
  expect(pattern.test(text)).toBe(expected);
  expect(pattern.find(text) !== undefined).toBe(expected);
});

test.each([
  // All are lazy but the last of the pattern or of an alternative.
  ["(\\d+)(\\d+)$", "1234", ["1", "234"]],
  ["^(\\w+)(\\w+) (\\d+)(\\d+)$", "abcd 1234", ["a", "bcd", "1", "234"]],
  ["(\\d+)", "1234", ["1234"]],
  ["(\\d+)x", "1234x", ["1234"]],
  ["(\\d+)(\\d*)", "1234", ["1", "234"]],
  ["a(\\w+)|b(\\w+)", "bcd", ["cd"]],
  ["(\\S+) from (\\S+)", "a from b c", ["a", "b"]],
  ["^(\\S+)\\.", "a.b.c", ["a"]],
  ["((\\d+)-(\\d+))", "12-34", ["12-34", "12", "34"]],
  ["(\\\\+)", "\\\\", ["\\"]],
  // Groups that took no part are left out.
  ["^(\\d+)x|^(\\w+)y", "aby", ["ab"]],
])("%j on %j takes %j", (source, text, groups) => {
  expect(find(source, text)?.groups).toEqual(groups);
});

test("ends behind what was taken", () => {
  expect(find("port \\d+", "on port 22 now")?.end).toBe(10);
  expect(find("\\d+ ", "12 34 ")?.end).toBe(3);
});

test.each([
  ["\\^", '"\\^" at character 1 is not an escape of OS_Regex'],
  ["\\+", '"\\+" at character 1 is not an escape of OS_Regex'],
  ["a\\*", '"\\*" at character 2 is not an escape of OS_Regex'],
  ["\\?", '"\\?" at character 1 is not an escape of OS_Regex'],
  ["\\-", '"\\-" at character 1 is not an escape of OS_Regex'],
  ["\\/", '"\\/" at character 1 is not an escape of OS_Regex'],
  ["\\n", '"\\n" at character 1 is not an escape of OS_Regex'],
  ["\\:", '"\\:" at character 1 is not an escape of OS_Regex'],
  ['\\"', '"\\"" at character 1 is not an escape of OS_Regex'],
  ["\\x41", '"\\x" at character 1 is not an escape of OS_Regex'],
  ["a\\", '"\\" at character 2 has no character behind it'],
  ["a(b", '"(" at character 2 has no ")"'],
  ["a)b", '")" at character 2 has no "(" before it'],
  ["", "an empty pattern, where OS_Regex was expected"],
])("refuses %j: %s", (source, message) => {
  expect(() => compilePattern("regex", source)).toThrow(message);
});

test("takes 2048 bytes and no more", () => {
  const most = "abcdefgh".repeat(256);
  expect(compilePattern("regex", most).test(most)).toBe(true);
  expect(() => compilePattern("regex", `${most}a`)).toThrow("more than 2048 bytes");
});
