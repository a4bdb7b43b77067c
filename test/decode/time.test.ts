import { afterAll, expect, test } from "vitest";
import { headerReader } from "../../src/decode/header.ts";

const zone = process.env["TZ"];
afterAll(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

const second = 1000;

// Where the clock is set back, and by how much; each time was read a second after it was written.
test.each([
  ["Europe/Berlin", "Oct 25 01:59:59", "2026-10-24T23:59:59Z"],
  ["Europe/Berlin", "Oct 25 02:30:00", "2026-10-25T00:30:00Z"],
  ["Europe/Berlin", "Oct 25 02:00:00", "2026-10-25T01:00:00Z"],
  ["Europe/Berlin", "Oct 25 02:30:00", "2026-10-25T01:30:00Z"],
  ["Europe/Berlin", "2026-10-25 02:59:59.5", "2026-10-25T01:59:59.500Z"],
  ["Europe/Berlin", "Oct 25 03:00:00", "2026-10-25T02:00:00Z"],
  ["America/New_York", "Nov  1 01:30:00", "2026-11-01T05:30:00Z"],
  ["America/New_York", "Nov  1 01:30:00", "2026-11-01T06:30:00Z"],
  ["Australia/Lord_Howe", "Apr  5 01:20:00", "2026-04-04T14:20:00Z"],
  ["Australia/Lord_Howe", "Apr  5 01:40:00", "2026-04-04T14:40:00Z"],
  ["Australia/Lord_Howe", "Apr  5 01:40:00", "2026-04-04T15:10:00Z"],
  ["Antarctica/Troll", "Oct 25 01:30:00", "2026-10-24T23:30:00Z"],
  ["Antarctica/Troll", "Oct 25 01:30:00", "2026-10-25T01:30:00Z"],
])("in %s, %s is %s", (name, written, meant) => {
  process.env["TZ"] = name;
  const at = Date.parse(meant);
  expect(headerReader()(`${written} web1 sshd[1]: x`, at + second).at).toBe(at);
});

test("a reader that has seen the first of two equal hours reads the second", () => {
  process.env["TZ"] = "Europe/Berlin";
  const read = headerReader();
  const first = Date.parse("2026-10-25T00:59:59Z");
  expect(read("Oct 25 02:59:59 web1 a: x", first + second).at).toBe(first);
  expect(read("Oct 25 02:00:00 web1 a: x", first + 2 * second).at).toBe(first + second);
});
