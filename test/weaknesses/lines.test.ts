import { expect, test } from "vitest";
import { alertsOf, failure, lineOf, shippedJudge, stamp } from "./judge.ts";

const judge = shippedJudge();
const judged = (text: string) => {
  judge.forget();
  const { event, verdict } = judge.judge(lineOf(text));
  return { srcip: event.srcip, rule: verdict.rule?.id, alert: verdict.alert };
};

test("W10: words such as error, and long lines, bring no mail", () => {
  const noise = [
    `${stamp(1)} web1 app[7]: an error occurred, the request failed: bad, denied, illegal, core dumped`,
    `${stamp(2)} web1 app[7]: ${"x".repeat(4000)}`,
  ];
  const alerts = alertsOf(noise);
  expect(alerts.filter(({ mail, rule }) => mail || rule.level >= 9)).toEqual([]);
});

test("W13: nothing of a line is looked up in the DNS, so a slow zone stops nothing", () => {
  const request = (index: number) =>
    `203.0.113.${index % 250} - - [22/Nov/2026:10:00:00 +0000] "GET /missing${index} HTTP/1.1" 404 153 "-" "Googlebot/2.1"`;
  const lines = [
    ...Array.from({ length: 1000 }, (_, index) => request(index)),
    ...Array.from({ length: 12 }, (_, index) => failure(index, "198.18.0.9")),
  ];
  // Judging is one call without a promise: there is nothing in it that could wait.
  expect(alertsOf(lines).some(({ rule }) => rule.id === 5720)).toBe(true);
});

test.each([
  "Invalid user a from 203.0.113.7 from 198.18.0.9 port 4711",
  "Failed password for invalid user a from 203.0.113.7 port 1 ssh2 from 198.18.0.9 port 4711 ssh2",
  "Connection closed by invalid user a 203.0.113.7 port 1 198.18.0.9 port 4711 [preauth]",
  "Disconnected from authenticating user a 203.0.113.7 port 1 198.18.0.9 port 4711 [preauth]",
])("W14: an address inside a user name is nobody's: %s", (message) => {
  expect([undefined, "198.18.0.9"]).toContain(
    judged(`${stamp(1)} web1 sshd[42]: ${message}`).srcip,
  );
});

test("W14: what stands in a web server's log is no message of sshd", () => {
  const forged = failure(1, "203.0.113.66");
  const line = `198.18.0.9 - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "${forged}"`;
  expect([undefined, "198.18.0.9"]).toContain(judged(line).srcip);
});

const message = "Failed password for root from 198.18.0.9 port 4711 ssh2";
const times = [
  "Nov 22 10:00:01",
  "Nov  2 10:00:01",
  "2026-11-22T10:00:01Z",
  "2026-11-22T10:00:01+0000",
  "2026-11-22T10:00:01+00:00",
  "2026-11-22T10:00:01.123456-04:00",
  "2026-11-22T10:00:01.123456789+01:00",
];
const programs = ["sshd[42]:", "sshd-session[42]:", "/usr/sbin/sshd[42]:", "sshd:"];

test.each(
  times.flatMap((time) => programs.map((program) => [`${time} web1 ${program} ${message}`])),
)("W34: %s", (line) => {
  expect(judged(line)).toMatchObject({ rule: 5716, srcip: "198.18.0.9" });
});

test.each([
  "Connection closed by authenticating user root 198.18.0.9 port 4711 [preauth]",
  "Connection reset by authenticating user root 198.18.0.9 port 4711 [preauth]",
  "Disconnected from authenticating user root 198.18.0.9 port 4711 [preauth]",
])("W34: somebody who shows up only so is found: %s", (text) => {
  const lines = Array.from({ length: 30 }, (_, at) => `${stamp(at)} web1 sshd[42]: ${text}`);
  expect(alertsOf(lines).some(({ rule }) => rule.level >= 8)).toBe(true);
});

test.each(["[UFW BLOCK] ", "[  123.456789] [UFW BLOCK] ", "DROP "])(
  "W34: the packet filter's line is read: %s",
  (prefix) => {
    const packet =
      "IN=eth0 OUT= MAC=52:54:00:12:34:56:52:54:00:12:34:57:08:00 SRC=198.18.0.9 DST=198.51.100.2 LEN=40 TOS=0x00 PREC=0x00 TTL=54 ID=0 PROTO=TCP SPT=40000 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0";
    const { event, verdict } = judge.judge(lineOf(`${stamp(1)} web1 kernel: ${prefix}${packet}`));
    expect(event.fields).toMatchObject({
      srcip: "198.18.0.9",
      dstip: "198.51.100.2",
      srcport: "40000",
      dstport: "22",
    });
    expect(verdict.rule).toBeDefined();
  },
);

test("W34: tabs stay between words", () => {
  const { event } = judge.judge(lineOf(`${stamp(1)} web1 app[7]: one\ttwo`));
  expect(event.log).toBe("one\ttwo");
});

test("W35: a packet filter's line that lacks a part is judged all the same", () => {
  const line = `${stamp(1)} web1 kernel: [UFW BLOCK] IN=eth0 OUT= SRC=198.18.0.9 PROTO=TCP DPT=22`;
  expect(judged(line).rule).toBeDefined();
});
