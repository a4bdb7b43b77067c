import { expect, test } from "vitest";
import { withDenied } from "../../src/core/deny-section.ts";

const begin = (count: number) =>
  `# stockade begin ${count} (lines up to "stockade end" come and go by themselves)\n`;
const end = "# stockade end\n";
const one = `${begin(1)}ALL: 192.0.2.1\n${end}`;

test.each([
  ["an empty file", "", `${one}`],
  ["the admin's lines", "sshd: 10.0.0.0/8\n", `${one}sshd: 10.0.0.0/8\n`],
  ["a last line without its end", "ALL: bad.example", `${one}ALL: bad.example`],
  ["a continued last line", "sshd: a, \\", `${one}sshd: a, \\`],
  ["line ends of another system", "sshd: a\r\nALL: b\r\n", `${one}sshd: a\r\nALL: b\r\n`],
  ["bytes that are no text", "# \xff\xfe\x00\n", `${one}# \xff\xfe\x00\n`],
  [
    "an older section",
    `a: b\n${begin(2)}ALL: 198.51.100.1\nALL: [2001:db8::]/64\n${end}c: d\n`,
    `${one}a: b\nc: d\n`,
  ],
  [
    "a section without its end",
    `${begin(1)}ALL: 198.51.100.1\nALL: 203.0.113.9\n`,
    `${one}ALL: 203.0.113.9\n`,
  ],
  [
    "a missing end and the admin's lines between",
    `${begin(1)}sshd: x\nALL: 198.51.100.1\n`,
    `${one}sshd: x\n`,
  ],
  ["two sections", `${one}a: b\n${one}`, `${one}a: b\n`],
  ["a section within a section", `${begin(1)}ALL: 198.51.100.1\n${one}a: b\n`, `${one}a: b\n`],
  ["a stray end", `a: b\n${end}c: d\n`, `${one}a: b\nc: d\n`],
  [
    "the admin's lines inside the section",
    `${begin(1)}sshd: 10.1.1.1\nALL: 198.51.100.1\n${end}`,
    `${one}sshd: 10.1.1.1\n`,
  ],
  ["the admin's own line like ours outside", "ALL: 203.0.113.9\n", `${one}ALL: 203.0.113.9\n`],
  [
    "something like a marker",
    "# stockade begin\n# stockade ends\n",
    `${one}# stockade begin\n# stockade ends\n`,
  ],
])("denies one address in %s", (_title, before, after) => {
  expect(withDenied(before, ["192.0.2.1"])).toBe(after);
  expect(withDenied(after, ["192.0.2.1"])).toBe(after);
});

test("writes IPv6 as hosts_access(5) wants it", () => {
  expect(withDenied("", ["2001:db8::/64"])).toBe(`${begin(1)}ALL: [2001:db8::]/64\n${end}`);
});

test.each(["", "a: b", "a: b\n", "\n\n# x\r\n\\", "ALL: 203.0.113.9\n"])(
  "leaves nothing behind in %j when the last block ends",
  (text) => expect(withDenied(withDenied(text, ["192.0.2.1", "192.0.2.2"]), [])).toBe(text),
);

test.each(["ALL: 1.253.4.9\n", "ALL: 11.2.3.4\n", "ALL: 1.2.3.45\n", "# 1.2.3.4 was here\n"])(
  "W24: an address is not taken for one that is like it: 1.2.3.4 beside %j",
  (text) => {
    const denied = withDenied(text, ["1.2.3.4"]);
    expect(denied).toBe(`${begin(1)}ALL: 1.2.3.4\n${end}${text}`);
    expect(withDenied(denied, [])).toBe(text);
  },
);

test("W24: one of two that are alike goes, the other stays", () => {
  const both = withDenied("", ["1.2.3.4", "1.253.4.9"]);
  expect(withDenied(both, ["1.253.4.9"])).toBe(`${begin(1)}ALL: 1.253.4.9\n${end}`);
});
