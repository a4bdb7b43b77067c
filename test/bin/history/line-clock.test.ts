import { expect, test } from "vitest";
import { openLineClock } from "../../../src/bin/history/line-clock.ts";

const near = new Date(2026, 10, 22, 12).getTime();
const local = new Date(2026, 10, 22, 10, 0, 1).getTime();
const utc = Date.UTC(2026, 10, 22, 10, 0, 1);

test.each([
  ["syslog", "Nov 22 10:00:01 web1 sshd[1]: x", local],
  [
    "syslog of last year",
    "Dec 22 10:00:01 web1 sshd[1]: x",
    new Date(2025, 11, 22, 10, 0, 1).getTime(),
  ],
  ["rsyslog", "2026-11-22T10:00:01.5+00:00 web1 sshd[1]: x", utc + 500],
  ["fast.log", "11/22/2026-10:00:01.250000  [**] [1:2:3] x [**]", local + 250],
  ["fast.log of Snort", "11/22-10:00:01.250000  [**] [1:2:3] x [**]", local + 250],
  ["an access log", '192.0.2.1 - - [22/Nov/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 1', utc],
  [
    "an access log whose user calls himself a time",
    '192.0.2.1 - [22/Nov/2020:10:00:01 +0000] \\" [22/Nov/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 1',
    utc,
  ],
  ["nginx' error log", "2026/11/22 10:00:01 [error] 1#1: x", local],
  ["Apache's error log", "[Sun Nov 22 10:00:01.250000 2026] [core:error] x", local + 250],
  ["eve.json", '{"timestamp":"2026-11-22T10:00:01.250000+0000","event_type":"alert"}', utc + 250],
  ["auditd", "type=USER_AUTH msg=audit(1795341601.250:12): pid=1", utc + 250],
  ["squid", "1795341601.250 12 192.0.2.1 TCP_MISS/200", utc + 250],
  ["no time", "hello", undefined],
  ["a month that is none", "2026/13/22 10:00:01 [error] 1#1: x", undefined],
  ["JSON without a time", '{"timestamp":"2026-99-99T99:99:99.000000"}', undefined],
])("%s", (_name, line, at) => {
  expect(openLineClock()(line, near)).toBe(at);
});
