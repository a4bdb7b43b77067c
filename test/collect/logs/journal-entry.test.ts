import { expect, test } from "vitest";
import { parseEntry } from "../../../src/collect/logs/journal-entry.ts";
import { maxLineLength } from "../../../src/collect/logs/lines.ts";

const entry = (fields: Record<string, unknown>) =>
  JSON.stringify({ __CURSOR: "c", __REALTIME_TIMESTAMP: "1795312246045710", ...fields });
const text = (message: unknown) => parseEntry(entry({ MESSAGE: message }))?.text;

test("reads an entry", () => {
  const fields = { MESSAGE: "hello", SYSLOG_IDENTIFIER: "sshd", SYSLOG_FACILITY: "10", _UID: "0" };
  expect(parseEntry(entry({ ...fields, _HOSTNAME: "web1" }))).toEqual({
    cursor: "c",
    text: "hello",
    identifier: "sshd",
    facility: 10,
    header: { at: 1_795_312_246_045, host: "web1", program: "sshd" },
  });
});

test.each([
  ["bytes that are no UTF-8", [0x61, 0xff, 0x62], "a\ufffdb"],
  ["nothing", null, ""],
  ["several messages", ["first", "second"], "first"],
  ["several, one of bytes", [[0x61], "second"], "second"],
  ["an empty list", [], ""],
  ["numbers that are no bytes", [1000, -1], ""],
  [
    "line ends",
    "one\nNov 22 01:02:03 web1 sshd[1]: two\r\nthree\n",
    "one Nov 22 01:02:03 web1 sshd[1]: two three",
  ],
  ["control characters", "a\u001b[31mb\0c", "a\u001b[31mb\0c"],
])("reads a message of %s", (_, message, expected) => {
  expect(text(message)).toBe(expected);
});

test("cuts a long message", () => {
  expect(text("x".repeat(maxLineLength + 1))).toHaveLength(maxLineLength);
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '"text"',
  "{}",
  '{"__CURSOR":"c"}',
  '{"__CURSOR":["c"],"__REALTIME_TIMESTAMP":"1"}',
])("refuses %s", (line) => {
  expect(parseEntry(line)).toBe(undefined);
});
