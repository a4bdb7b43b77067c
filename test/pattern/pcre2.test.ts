import { expect, test } from "vitest";
import { Failure } from "../../src/core/failure.ts";
import { compilePattern } from "../../src/pattern/compile.ts";
import { stockPatterns } from "./stock.ts";

// What PCRE2 10.42 says (`grep -oiP` in the C locale): the text that each pattern finds, or nothing.
test.each([
  ["abc", "xABCx", "ABC"],
  ["É", "é", undefined],
  ["É", "É", "É"],
  ["s", "ſ", undefined],
  ["k", "\u212A", undefined],
  ["a.c", "a\nc", undefined],
  ["(?s)a.c", "a\nc", "a\nc"],
  ["a\\Nc", "a\nc", undefined],
  ["^b", "a\nb", undefined],
  ["(?m)^b", "a\nb", "b"],
  ["(?m)a$", "a\nb", "a"],
  ["(?m)^$", "a\n", undefined],
  ["a$", "a\n", "a"],
  ["a$", "a\n\n", undefined],
  ["a\\Z", "a\n", "a"],
  ["a\\z", "a\n", undefined],
  ["\\Ab", "ab", undefined],
  ["\\Ga", "ab", "a"],
  ["a$\\n", "a\n", "a\n"],
  ["\\bb\\b", "a b c", "b"],
  ["\\bb\\b", "ab", undefined],
  ["\\Bb", "ab", "b"],
  ["\\bé", "aé", "é"],
  ["\\d+", "a12b", "12"],
  ["\\D+", "12ab3", "ab"],
  ["\\w+", "-a_9-", "a_9"],
  ["\\w", "é", undefined],
  ["\\W", "a-", "-"],
  ["\\s+", "a \t\n\v\f\rb", " \t\n\v\f\r"],
  ["\\s", "\u00A0", undefined],
  ["\\S+", " ab ", "ab"],
  ["\\h+", "a \tb", " \t"],
  ["\\H+", " a ", "a"],
  ["\\v", "a\fb", "\f"],
  ["\\R", "a\r\nb", "\r\n"],
  ["\\R\\n", "a\r\nb", undefined],
  ["\\R{2}", "\r\n\r", "\r\n\r"],
  ["\\a\\e\\f\\n\\r\\t\\0", "\x07\x1b\f\n\r\t\0", "\x07\x1b\f\n\r\t\0"],
  ["\\x41\\x{42}\\o{103}\\0104\\105", "ABCD", undefined],
  ["\\x41\\x{42}\\o{103}\\104", "abcd", "abcd"],
  ["\\x", "\0", "\0"],
  ["\\cA", "\x01", "\x01"],
  ["\\.\\*\\-\\/\\_\\<\\>", ".*-/_<>", ".*-/_<>"],
  ["\\Qa.b|\\E+", "a.b||", "a.b||"],
  ["\\Qa+", "xa+", "a+"],
  ["a\\E+", "aa", "aa"],
  ["a(?#c|)+b", "aab", "aab"],
  ["(?x) a b # c\n c", "abc", "abc"],
  ["(?x)[a b]", " ", " "],
  ["(?-i)A", "a", undefined],
  ["a(?-i)B|C", "Ac", undefined],
  ["(?-i:A)b", "AB", "AB"],
  ["(a(?-i)b|B)A", "ABa", "Ba"],
  ["(?i-s)a", "A", "A"],
  ["(?U)a+", "aaa", "a"],
  ["(?U)a+?", "aaa", "aaa"],
  // Brackets.
  ["[abc]+", "xCABx", "CAB"],
  ["[^abc]+", "aXYb", "XY"],
  ["[^a]", "A", undefined],
  ["[a-c]+", "xBCx", "BC"],
  ["[]a]+", "]a", "]a"],
  ["[^]a]", "]a", undefined],
  ["[a-]+", "-a", "-a"],
  ["[]-a]", "^", "^"],
  ["[\\d.-]+", "a1.-b", "1.-"],
  ["[\\w]+", "-ab-", "ab"],
  ["[^\\s?]+", "a?b", "a"],
  ["[\\]\\[]+", "a[]b", "[]"],
  ["[\\b]", "a\bb", "\b"],
  ["[\\1]", "\x01", "\x01"],
  ["[\\Qa]\\E]+", "a]", "a]"],
  ["[a\\Q-\\Ez]+", "a-z", "a-z"],
  ["[[:alpha:]]+", "1aB2", "aB"],
  ["[[:^digit:]]+", "1aB2", "aB"],
  ["[[:upper:]]+", "abc", "abc"],
  ["[^[:lower:]]+", "aBc1", "1"],
  ["[[:space:][:punct:]]+", "a ,b", " ,"],
  ["[[:foo]+", "f:", "f:"],
  ["[[:xdigit:]]+", "xDEADg", "DEAD"],
  ["[\\x41-\\x43]+", "xabcd", "abc"],
  // Repeats.
  ["a{2}", "aaa", "aa"],
  ["a{2,}", "aaa", "aaa"],
  ["a{1,2}", "aaa", "aa"],
  ["a{1,2}?", "aaa", "a"],
  ["a{0}b", "ab", "b"],
  ["a??b", "ab", "ab"],
  ["a{,3}", "a{,3}", "a{,3}"],
  ["a{", "a{", "a{"],
  ["x{ 1 }", "x{ 1 }", "x{ 1 }"],
  ["(ab)+", "xabab", "abab"],
  ["a|ab", "ab", "a"],
  ["(?:a|ab)c", "abc", "abc"],
  ["a||b", "b", ""],
  ["ab\\Kc", "abc", "abc"],
])("%j on %j finds %j", (source, text, expected) => {
  const pattern = compilePattern("pcre2", source);
  const found = pattern.find(text);
  const end = expected === undefined ? undefined : text.indexOf(expected) + expected.length;
  expect(found?.end).toBe(end);
  expect(pattern.test(text)).toBe(expected !== undefined);
});

test.each([
  ["(a)(b)", "ab", ["a", "b"]],
  ["(?<user>\\S+)@(?P<host>\\S+)|(?'x'z)", "me@home", ["me", "home"]],
  ["(?:a)(b)", "ab", ["b"]],
  ["((a)(b))", "ab", ["ab", "a", "b"]],
  ["(a*)(a*)", "aa", ["aa", ""]],
  ["(a*?)(a*)", "aa", ["", "aa"]],
  // Unset groups are left out and later ones move up; empty ones stay.
  ["^(\\d+)x|^(\\w+)y", "aby", ["ab"]],
  ["a=(\\d+)?b=(\\w*)c=(\\w+)", "a=b=c=foo", ["", "foo"]],
  ["(a)|b", "b", []],
  ["(a)?b", "b", []],
  // In a repeat the last turn counts, and what an earlier one took stays (V8 forgets it).
  ["(?:(a)|b)*", "ab", ["a"]],
  ["(a|b)*", "ab", ["b"]],
  ["(?:(a)|(b))+", "ab", ["a", "b"]],
  ["(a?)*", "aa", [""]],
  ["(?:(a?)b)*", "abb", [""]],
])("%j on %j takes %j", (source, text, groups) => {
  expect(compilePattern("pcre2", source).find(text)?.groups).toEqual(groups);
});

test("a turn of a repeat that takes nothing ends it, as in PCRE2", () => {
  expect(compilePattern("pcre2", "(?:a?|b)*").find("b")?.end).toBe(0);
  expect(compilePattern("pcre2", "(?:a?|b)*c").find("abc")?.end).toBe(3);
});

test.each([
  ["(?=a)", '"(?=" at character 1 is a look-ahead, which cannot be matched in linear time'],
  ["(?!a)", '"(?!" at character 1 is a look-ahead'],
  ["a(?<=a)", '"(?<=" at character 2 is a look-behind'],
  ["a(?<!a)", '"(?<!" at character 2 is a look-behind'],
  ["(a)\\1", '"\\1" at character 4 is a back-reference, which cannot be matched in linear time'],
  ["(a)\\g{1}", '"\\g" at character 4 is a back-reference or a recursion'],
  ["(?<n>a)\\k<n>", '"\\k" at character 8 is a back-reference'],
  ["(?P<n>a)(?P=n)", '"(?P=" at character 9 is a back-reference'],
  ["(?>a)", '"(?>" at character 1 is an atomic group'],
  ["a++", '"++" at character 2 is a possessive quantifier'],
  ["a{2}+", '"{2}+" at character 2 is a possessive quantifier'],
  ["(?R)", '"(?R" at character 1 is a recursion'],
  ["(a)(?1)", '"(?1" at character 4 is a recursion'],
  ["(?<n>a)(?&n)", '"(?&" at character 8 is a recursion'],
  ["(?(1)a)", '"(?(" at character 1 is a condition'],
  ["(?|(a)|(b))", '"(?|" at character 1 numbers the groups of its branches alike'],
  ["(*UTF)a", '"(*" at character 1 is a verb'],
  ["(?C1)a", '"(?C" at character 1 is a call-out'],
  ["\\p{L}", '"\\p" at character 1 names a Unicode property'],
  ["\\X", '"\\X" at character 1 names a Unicode grapheme'],
  ["\\i", '"\\i" at character 1 is not an escape that PCRE2 knows'],
  ["[\\R]", '"\\R" at character 2 is not an escape that PCRE2 knows'],
  ["\\x{100}", '"\\x{100}" at character 1 is larger than a byte'],
  ["*a", '"*" at character 1 has nothing before it that can be repeated'],
  ["a|*", '"*" at character 3 has nothing before it'],
  ["^*", '"*" at character 2 has nothing before it'],
  ["\\b+", '"+" at character 3 has nothing before it'],
  ["(?i)+", '"+" at character 5 has nothing before it'],
  ["a**", '"**" at character 2 repeats what is repeated already'],
  ["a{2}{3}", '"{2}{3}" at character 2 repeats what is repeated already'],
  ["a{3,1}", '"{3,1}" at character 2 has its numbers out of order'],
  ["a{70000}", '"{70000}" at character 2 repeats more than 65535 times'],
  ["(a", '"(" at character 1 has no ")"'],
  ["a)", '")" at character 2 has no "(" before it'],
  ["x[a", '"[" at character 2 has no "]"'],
  ["[]", '"[" at character 1 has no "]"'],
  ["[z-a]", '"z-a" at character 2 is a range whose end comes before its beginning'],
  ["[a-\\d]", '"a-\\d" at character 2 is not a range of characters'],
  ["[\\d-z]", '"\\d-z" at character 2 is not a range of characters'],
  ["[[:foo:]]", '"[:foo:]" at character 2 is not a class that PCRE2 knows'],
  ["[[.a.]]", '"[.a.]" at character 2 is not a class that PCRE2 knows'],
  ["(?<n>a)(?<n>b)", '"(?<n>" at character 8 names a group by a name that another has'],
  ["(?y)", '"(?y" at character 1 is not a group that Stockade knows'],
  ["a\\", "the pattern ends where a character must follow the last backslash"],
  ["\\c", '"\\c" at character 1 must be followed by an ASCII character'],
  ["", "an empty pattern, where PCRE2 was expected"],
])("refuses %j: %s", (source, message) => {
  expect(() => compilePattern("pcre2", source)).toThrow(Failure);
  expect(() => compilePattern("pcre2", source)).toThrow(message);
});

test("refuses groups in groups without end, before the stack does", () => {
  expect(() => compilePattern("pcre2", "(".repeat(100_000))).toThrow("is inside too many others");
});

test.each(["a{5000}", "(?:.{0,30}a){20}x", "(x?){300}y", "(?:a{1000}){1000}"])(
  "refuses %s, which would take too long for each character",
  (source) => {
    expect(() => compilePattern("pcre2", source)).toThrow(Failure);
  },
);

test("takes large repeats that are cheap", () => {
  expect(compilePattern("pcre2", "^.{0,1000}foo").test(`${"x".repeat(1000)}foo`)).toBe(true);
  expect(compilePattern("pcre2", "^.{0,1000}foo").test(`${"x".repeat(1001)}foo`)).toBe(false);
});

test("compiles every stock pattern", () => {
  const patterns = stockPatterns();
  expect(patterns.length).toBeGreaterThan(1500);
  for (const { dialect, source } of patterns) compilePattern(dialect, source);
});
