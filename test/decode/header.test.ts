import { expect, test } from "vitest";
import { headerReader } from "../../src/decode/header.ts";
import { costOf } from "../cost.ts";

const now = new Date(2026, 10, 22, 10, 0).getTime();
const local = (year: number, month: number, date: number, hour: number, minute = 0, second = 0) =>
  new Date(year, month - 1, date, hour, minute, second).getTime();

test.each([
  ["Nov 22 09:59:01 web1 sshd[42]: hello", local(2026, 11, 22, 9, 59, 1), "web1", "sshd", "hello"],
  ["<86>Nov 22 09:59:01 web1 CRON[4]: x", local(2026, 11, 22, 9, 59, 1), "web1", "CRON", "x"],
  ["Nov  2 09:00:00 web1 kernel: [1.2] x", local(2026, 11, 2, 9), "web1", "kernel", "[1.2] x"],
  ["Dec 31 23:59:59 web1 a: last year", local(2025, 12, 31, 23, 59, 59), "web1", "a", "last year"],
  [
    "Nov 22 09:59:01 sshd[42]: no host",
    local(2026, 11, 22, 9, 59, 1),
    undefined,
    "sshd",
    "no host",
  ],
  [
    "Nov 22 09:59:01 web1 last message repeated",
    local(2026, 11, 22, 9, 59, 1),
    "web1",
    undefined,
    "last message repeated",
  ],
  [
    "2026-11-22T09:59:01.5+01:00 web1 postfix/smtpd[7]: x",
    Date.UTC(2026, 10, 22, 8, 59, 1, 500),
    "web1",
    "postfix/smtpd",
    "x",
  ],
  ["2026-11-22T09:59:01Z web1 a[7]: x", Date.UTC(2026, 10, 22, 9, 59, 1), "web1", "a", "x"],
  ["2026-11-22T09:59:01-0330 web1 a[7]: x", Date.UTC(2026, 10, 22, 13, 29, 1), "web1", "a", "x"],
  ["2026-11-22 09:59:01 web1 a[7]: x", local(2026, 11, 22, 9, 59, 1), "web1", "a", "x"],
  ["2026-11-22 09:59:01,5 web1 a[7] x", local(2026, 11, 22, 9, 59, 1) + 500, "web1", "a", "x"],
  [
    "2026-11-22 09:59:01 install nginx:amd64 <none> 1.26",
    local(2026, 11, 22, 9, 59, 1),
    undefined,
    undefined,
    "install nginx:amd64 <none> 1.26",
  ],
  [
    "2026-11-22 09:59:01 plain authenticator failed for (x) [192.0.2.1]: 535",
    local(2026, 11, 22, 9, 59, 1),
    undefined,
    undefined,
    "plain authenticator failed for (x) [192.0.2.1]: 535",
  ],
  [
    '<34>1 2026-11-22T09:59:01.003Z web1 su 7 ID47 [a@1 b="]\\"c"] x y',
    Date.UTC(2026, 10, 22, 9, 59, 1, 3),
    "web1",
    "su",
    "x y",
  ],
  ["<34>1 - - - - - - x", undefined, undefined, undefined, "x"],
  ["no header at all", undefined, undefined, undefined, "no header at all"],
  ["", undefined, undefined, undefined, ""],
  ["Xyz 99 99:99:99 h p: x", undefined, "h", "p", "x"],
  [
    "Nov 22 09:59:01 2001:db8::1 sshd[1]: x",
    local(2026, 11, 22, 9, 59, 1),
    "2001:db8::1",
    "sshd",
    "x",
  ],
  ["Nov 22 09:59:01 ::1 sshd: x", local(2026, 11, 22, 9, 59, 1), "::1", "sshd", "x"],
  [
    "Nov 22 09:59:01 prog: sshd[1]: x",
    local(2026, 11, 22, 9, 59, 1),
    undefined,
    "prog",
    "sshd[1]: x",
  ],
  ["Nov 22 09:59:01.123 web1 a[1]: x", local(2026, 11, 22, 9, 59, 1) + 123, "web1", "a", "x"],
  ["Nov 22 09:59:01 bücher a[1]: x", local(2026, 11, 22, 9, 59, 1), "bücher", "a", "x"],
  ["Nov 22 09:59:01 сервер-1 a[1]: x", local(2026, 11, 22, 9, 59, 1), "сервер-1", "a", "x"],
  [
    "Nov 22 09:59:01 web1 /usr/sbin/sshd[1]: x",
    local(2026, 11, 22, 9, 59, 1),
    "web1",
    "/usr/sbin/sshd",
    "x",
  ],
  ["Nov 22 09:59:01 web1 sshd[42]:", local(2026, 11, 22, 9, 59, 1), "web1", "sshd", ""],
])("%s", (line, at, host, program, message) => {
  const header = headerReader()(line, now);
  expect({ ...header, end: line.slice(header.end) }).toEqual({ at, host, program, end: message });
});

test("a megabyte of hostile header takes no time", () => {
  const read = headerReader();
  const readAll = () => {
    for (const filler of ['[a@1 b="', '\\"', "] [", "a:", "é", ":", " ", "<1>"]) {
      read(`<34>1 2026-11-22T09:59:01Z h a - - ${filler.repeat(10_000)}`, now);
      read(`Nov 22 09:59:01 ${filler.repeat(10_000)}`, now);
    }
  };
  expect(costOf(readAll)).toBeLessThan(1000);
});
