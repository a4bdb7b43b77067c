import { expect, test } from "vitest";
import { headerReader } from "../../src/decode/header.ts";

const now = Date.UTC(2026, 10, 22, 12);
const local = (millisecond = 0) => new Date(2026, 10, 22, 10, 0, 1, millisecond).getTime();
const utc = Date.UTC(2026, 10, 22, 10, 0, 1);

test.each([
  ['203.0.113.9 - - [22/Nov/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 1', utc],
  ['2001:db8::9 - a [22/Nov/2026:11:00:01 +0100] "GET / HTTP/1.1" 200 1', utc],
  ['h - x [1/Jan/2000:00:00:00 +0000] y [22/Nov/2026:10:00:01 +0000] "-" 408 0', utc],
  ["[Sun Nov 22 10:00:01.123456 2026] [core:error] x", local(123)],
  ["[Sun Nov  2 10:00:01 2025] [error] x", new Date(2025, 10, 2, 10, 0, 1).getTime()],
  ["2026/11/22 10:00:01 [error] 7#7: *1 x", local()],
  ["[22-Nov-2026 10:00:01 UTC] PHP Warning: x", utc],
  ["[22-Nov-2026 10:00:01] NOTICE: x", local()],
  ["22-Nov-2026 10:00:01.123 client @0x7f 203.0.113.9#53: x", local(123)],
  ["1795341601.368  11623 203.0.113.9 TCP_MISS/200 1 GET x", utc + 368],
  ["[1795341601] unbound[7:0] info: x", utc],
  ["type=USER_AUTH msg=audit(1795341601.368:7): pid=1", utc + 368],
  ["1234:M 22 Nov 2026 10:00:01.123 # x", local(123)],
  ["Sun Nov 22 10:00:01 2026 [pid 2] CONNECT: Client x", local()],
  ["MySQL log: 2026-11-22T10:00:01.123456Z 8 [Note] x", utc + 123],
  ["MySQL log: 2026-11-22T11:00:01+01:00 8 [Note] x", utc],
])("%s", (line, at) => {
  expect(headerReader()(line, now)).toEqual({ at, host: undefined, program: undefined, end: 0 });
});

test("a database's date is cut off, and what follows names nothing", () => {
  const read = headerReader();
  const postgres = "2026-11-22 10:00:01.123 UTC [42] a@b FATAL:  x";
  const { at, host, program, end } = read(postgres, now);
  expect([at, host, program]).toEqual([utc + 123, undefined, undefined]);
  expect(postgres.slice(end)).toBe("UTC [42] a@b FATAL:  x");
  const mysql = "2026-11-22T10:00:01.123456Z 8 [Note] [MY-010926] x";
  expect(read(mysql, now)).toMatchObject({ host: undefined, program: undefined, at: utc + 123 });
});

test.each([
  "[Sun Nov 32 10:00:01 2026] x",
  "[Sun Nav 22 10:00:01 2026] x",
  "[xx-Nov-2026 10:00:01] x",
  '203.0.113.9 - - [22/Nov/2026:10:00 +0000] "GET',
  '] "',
  "2026/13/22 10:00:01 x",
  "2026/11/22 25:00:01 x",
  "1795341601 x",
  "1795341601.36 x",
  "type=x msg=audit(179534160x.368:7): x",
  "1234:M 22 Nav 2026 10:00:01.123 # x",
  "MySQL log: x",
  "é [",
  "[",
  "1",
])("no time is found in %j", (line) => {
  expect(headerReader()(line, now).at).toBeUndefined();
});
