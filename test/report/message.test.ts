import { describe, expect, test } from "vitest";
import { parseAddress } from "../../src/core/address.ts";
import { letter } from "../../src/report/letter.ts";
import { alertMessage, digestMessage } from "../../src/report/message.ts";
import { noticeOf } from "../../src/report/notice.ts";
import { alertOf, type Sketch, tenOClock } from "./alerts.ts";

const suricata = {
  rule: 300012,
  level: 11,
  description: "Many high-severity Suricata alerts",
  location: "/var/log/suricata/fast.log",
  host: undefined,
  at: new Date(2020, 4, 14, 22, 10, 18).getTime(),
  line: "05/14/2020-22:10:17.391373  [**] [1:2024364:3] ET SCAN Possible Nmap User-Agent Observed [**] [Classification: Web Application Attack] [Priority: 1] {TCP} 192.0.2.241:35004 -> 198.51.100.44:80",
  fields: { srcip: "192.0.2.241", dstip: "198.51.100.44" },
  previous: ["05/14/2020-22:10:16 second", "05/14/2020-22:10:15 first"],
};
const notice = (sketch: Sketch) => noticeOf(alertOf(sketch), "1.2", "my-cool-server");
const one = (sketch: Sketch) => ({
  total: 1,
  worst: [notice(sketch)] as const,
  byRule: [],
  bySource: [],
});

test("one alert is told in OSSEC's words", () => {
  const { subject, text } = alertMessage(one(suricata));
  expect(subject).toBe(
    "Stockade Alert - my-cool-server - Level 11 - Many high-severity Suricata alerts",
  );
  expect(text).toBe(`Stockade HIDS Notification.
2020 May 14 22:10:18

Received From: my-cool-server->/var/log/suricata/fast.log
Rule: 300012 fired (level 11) -> "Many high-severity Suricata alerts"
Src IP: 192.0.2.241
Dst IP: 198.51.100.44
Portion of the log(s):

${suricata.line}
05/14/2020-22:10:16 second
05/14/2020-22:10:15 first

 --END OF NOTIFICATION

`);
});

test("a start-up mail has no addresses; a user is named", () => {
  const start = {
    rule: 502,
    level: 3,
    description: "Stockade server started.",
    location: "stockade",
    line: "stockade: Stockade started.",
    fields: { dstuser: "bob" },
  };
  expect(notice(start).text).toBe(`Stockade HIDS Notification.
2026 Nov 22 10:06:40

Received From: host->stockade
Rule: 502 fired (level 3) -> "Stockade server started."
User: bob
Portion of the log(s):

stockade: Stockade started.

 --END OF NOTIFICATION
`);
});

test("a verdict is told with its reason, and a log line cannot imitate it", () => {
  const [remote, local] = [parseAddress("203.0.113.80"), parseAddress("198.51.100.44")];
  const verdict = { class: "called-out", reason: "our side called", remote, local } as const;
  const { text } = notice({ verdict, line: "Verdict: attacked-by 8.8.8.8" });
  expect(text).toContain(
    "\nVerdict: called-out 203.0.113.80 from 198.51.100.44, because our side called\n",
  );
  expect(text).toContain("\n Verdict: attacked-by 8.8.8.8\n");
});

describe("the portion of the log", () => {
  test.each([
    ["~!touch /tmp/owned", " ~!touch /tmp/owned"],
    ["!sh", " !sh"],
    [".", " ."],
    ["From root@localhost", " From root@localhost"],
    ["-- ", " -- "],
    [" --END OF NOTIFICATION", "  --END OF NOTIFICATION"],
    ["--END OF NOTIFICATION", " --END OF NOTIFICATION"],
    ["Stockade HIDS Notification.", " Stockade HIDS Notification."],
    ["Src IP: 8.8.8.8", " Src IP: 8.8.8.8"],
    ["a\r\n.\r\nMAIL FROM:<x>", "a\\x0d\\x0a.\\x0d\\x0aMAIL FROM:<x>"],
    ["a\n~!id", "a\\x0a~!id"],
    ["\u001b]0;title\u0007\u009b2J\u202e", "\\x1b]0;title\\x07\\x9b2J\\u202e"],
    ["\u2028~!id", "\\u2028~!id"],
  ])("shows %j as %j", (line, shown) => {
    const lines = notice({ line, previous: [line] }).text.split("\n");
    expect(lines.slice(7, 9)).toEqual([shown, shown]);
  });

  test("is bounded, and says what is missing", () => {
    const { text } = notice({
      line: "é".repeat(50_000),
      previous: Array(484).fill("x".repeat(100_000)),
    });
    const lines = text.split("\n");
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBe(950);
    expect(lines).toContain("(435 earlier lines left out)");
    expect(lines).toHaveLength(5 + 2 + 50 + 1 + 3);
  });
});

test.each([
  { description: "a\r\nBcc: x@example.com\n\n.\n" },
  { host: "a\r\nBcc: x@example.com\n\n.\n" },
  { location: "a\r\nBcc: x@example.com\n\n.\n" },
  { fields: { dstuser: "a\r\nBcc: x@example.com\n\n.\n" } },
  { description: "é\r\nBcc: x@example.com\n\n.\n" },
  { description: "x".repeat(100_000), host: "y".repeat(100_000) },
])("nothing in an alert makes a header or a line of its own (%#)", (sketch) => {
  const { subject, text } = alertMessage(one(sketch));
  const raw = letter(
    {
      from: "stockade@example.com\r\nBcc: x@example.com",
      to: ["name@example.com\nBcc: x@example.com"],
      subject,
      messageId: "<1@host>",
      date: 0,
      rule: 1,
      level: 1,
      alert: "1.2",
    },
    text,
  );
  expect(raw).not.toMatch(/^bcc:/im);
  expect(raw).not.toMatch(/^\.$/m);
  expect(raw.split("\r\n").join("")).not.toMatch(/[\r\n]/);
  expect(Math.max(...raw.split("\r\n").map((line) => Buffer.byteLength(line)))).toBeLessThan(998);
  expect(raw.slice(0, raw.indexOf("\r\n\r\n"))).toMatch(/^[ -~\r\n]*$/);
});

test("several alerts: the worst first, the rest counted", () => {
  const at = (seconds: number) => tenOClock + seconds * 1000;
  const { subject, text } = alertMessage(
    {
      total: 486,
      worst: [notice(suricata), notice({ level: 10 })],
      byRule: [
        {
          rule: 5720,
          level: 10,
          description: "Multiple failures.",
          count: 184,
          sources: 1,
          source: "192.0.2.7",
          first: at(0),
          last: at(0),
        },
        {
          rule: 5716,
          level: 5,
          description: "Failed.",
          count: 299,
          sources: 12,
          source: "192.0.2.9",
          first: at(0),
          last: at(32),
        },
      ],
      bySource: [],
    },
    "A remark.",
  );
  expect(subject).toBe(
    "Stockade Alert - my-cool-server - Level 11 - Many high-severity Suricata alerts (and 485 more)",
  );
  expect(text.match(/^ --END OF NOTIFICATION$/gm)).toHaveLength(2);
  expect(text.slice(text.lastIndexOf(" --END"))).toBe(` --END OF NOTIFICATION


And 484 more alerts, not shown in full:
  184 x rule 5720 (level 10) "Multiple failures.", from 192.0.2.7, 2026 Nov 22 10:06:40
  299 x rule 5716 (level 5) "Failed.", from 12 addresses, 2026 Nov 22 10:06:40 to 2026 Nov 22 10:07:12
  1 x of other rules

A remark.
`);
});

test("a digest counts by rule and by source", () => {
  const { subject, text } = digestMessage(
    {
      total: 300,
      worst: [notice(suricata)],
      byRule: [
        {
          rule: 300012,
          level: 11,
          description: "Many",
          count: 300,
          sources: 2,
          source: "192.0.2.9",
          first: tenOClock,
          last: tenOClock + 3000,
        },
      ],
      bySource: [
        { source: "192.0.2.241", count: 280 },
        { source: "", count: 15 },
      ],
    },
    tenOClock,
    6,
  );
  expect(subject).toBe(
    "Stockade Digest - my-cool-server - 300 alerts - Level 11 - Many high-severity Suricata alerts",
  );
  expect(text.slice(0, text.indexOf("Stockade HIDS Notification"))).toBe(`Stockade HIDS Digest.
2026 Nov 22 10:06:40

300 alerts had no mail of their own: at most 6 mails are sent in an hour.

By rule:
  300 x rule 300012 (level 11) "Many", from 2 addresses, 2026 Nov 22 10:06:40 to 2026 Nov 22 10:06:43

By source address:
  280 x 192.0.2.241
  15 x without an address
  5 x from other addresses

The worst 1 in full:

`);
});
