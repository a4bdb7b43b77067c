import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { xmlFilesIn } from "../../src/config/rule-files.ts";
import type { Line } from "../../src/core/event.ts";
import { openDecoder } from "../../src/decode/decode.ts";
import { loadDecoders } from "../../src/decode/decoders/load.ts";
import { costOf } from "../cost.ts";

const decoders = loadDecoders(xmlFilesIn(join(import.meta.dirname, "../../rules/decoders")));
const sane = () => openDecoder(decoders);
const compatible = () => openDecoder(decoders, { compatible: true });

const line = (text: string): Line => ({
  text,
  format: "syslog",
  location: "/var/log/auth.log",
  receivedAt: new Date(2026, 10, 22, 10, 1).getTime(),
});
const header = "Nov 22 10:00:00 web1 sshd[42]: ";
const failed = "Failed password for root from 203.0.113.9 port 4711 ssh2";

test.each([
  ["5", 5],
  ["0", 1],
  ["1000", 1000],
  ["1001", 1000],
  ["9".repeat(400), 1000],
])("a line repeated %s times speaks for %i", (written, times) => {
  const event = sane()(line(`${header}message repeated ${written} times: [ ${failed}]`));
  expect(event).toMatchObject({ log: failed, srcip: "203.0.113.9" });
  expect(event.times ?? 1).toBe(times);
});

test("a line that is not repeated speaks for itself", () => {
  expect(sane()(line(header + failed)).times ?? 1).toBe(1);
});

test("the program stays as it was written", () => {
  const event = sane()(line(`Nov 22 10:00:00 web1 /usr/sbin/sshd[42]: ${failed}`));
  expect(event).toMatchObject({ program: "/usr/sbin/sshd", decoder: "sshd", srcip: "203.0.113.9" });
});

test("a message as long as an attacker can make it costs a few milliseconds", () => {
  const decode = sane();
  for (const part of [
    " from a port 1",
    " from a port 1 ssh2: A SHA256:",
    " ",
    "1:",
    "]",
    "' from ",
  ]) {
    for (const start of ["Failed publickey for ", "Failed x for ", "Invalid user ", "User ", "x"]) {
      const text = header + start + part.repeat(65_536 / part.length);
      const cost = costOf(() => decode(line(text)));
      expect(cost, `${start}${part}…`).toBeLessThan(100);
    }
  }
});

describe("in OSSEC's way", () => {
  test("time is that of arrival", () => {
    const { receivedAt } = line("");
    expect(compatible()(line(header + failed)).at).toBe(receivedAt);
    expect(sane()(line(header + failed)).at).toBe(receivedAt - 60_000);
  });

  test("a line that speaks for several is not opened", () => {
    const event = compatible()(line(`${header}message repeated 5 times: [ ${failed}]`));
    expect(event).toMatchObject({ log: `message repeated 5 times: [ ${failed}]`, times: 1 });
  });

  test("W34: control characters are gone, from the whole line too, but not for Stockade", () => {
    const text = `${header}a\tb\u0001c\u007f\r\0d`;
    expect(compatible()(line(text))).toMatchObject({ log: "abc", fullLog: `${header}abc` });
    expect(sane()(line(text))).toMatchObject({ log: "a\tb\u0001c\u007f\r\0d", fullLog: text });
  });

  test("W34: a path is another program, and Z no zone, but not for Stockade", () => {
    const path = `Nov 22 10:00:00 web1 /usr/sbin/sshd[42]: ${failed}`;
    expect(compatible()(line(path)).decoder).toBeUndefined();
    const zulu = `2026-11-22T10:00:00Z web1 sshd[42]: ${failed}`;
    expect(compatible()(line(zulu))).toMatchObject({ program: undefined, log: zulu });
    expect(sane()(line(zulu))).toMatchObject({ program: "sshd", decoder: "sshd" });
  });

  test("an agent's place is the host", () => {
    const place = "(web2) 192.0.2.7->/var/log/auth.log";
    expect(compatible()({ ...line(header + failed), location: place }).host).toBe(place);
    expect(sane()({ ...line(header + failed), location: place }).host).toBe("web1");
  });
});

test("what the journal vouches for is the header", () => {
  const trusted = { at: line("").receivedAt - 1000, host: "web9", program: "sshd" };
  for (const decode of [sane(), compatible()]) {
    const event = decode({ ...line(failed), format: "journald", header: trusted });
    expect(event).toMatchObject({ host: "web9", program: "sshd", srcip: "203.0.113.9" });
  }
});

test("Stockade speaks of itself without decoders", () => {
  const event = sane()({ ...line(header + failed), format: "own" });
  expect(event).toMatchObject({ decoder: "stockade", category: "ossec", log: header + failed });
});

test("a postfix service is no program of its own, a path is only a place", () => {
  const programs: string[] = [];
  const named = (text: string) => programs.push(sane()(line(text)).program ?? "");
  named("Nov 22 10:00:00 web1 postfix/smtpd[42]: x");
  expect(programs).toEqual(["postfix/smtpd"]);
});
