import { describe, expect, test } from "vitest";
import { ossecAlert } from "../../../src/decode/plugins/ossec-alert.ts";
import { pf } from "../../../src/decode/plugins/pf.ts";
import { sonicWall } from "../../../src/decode/plugins/sonic-wall.ts";
import { symantecWs } from "../../../src/decode/plugins/symantec-ws.ts";
import { costOf } from "../../cost.ts";
import { decodeBy, decoder } from "../decoders/build.ts";

describe("pf", () => {
  test.each([
    [
      "rule 0/(match) block in on rl0: 192.0.2.1.4711 > 192.0.2.2.22: S 1:1(0)",
      {
        action: "block",
        srcip: "192.0.2.1",
        srcport: "4711",
        dstip: "192.0.2.2",
        dstport: "22",
        protocol: "TCP",
      },
    ],
    [
      "rule 7/(match) pass out on em0: 192.0.2.1.53 > 192.0.2.2.9: udp 12",
      {
        action: "pass",
        srcip: "192.0.2.1",
        srcport: "53",
        dstip: "192.0.2.2",
        dstport: "9",
        protocol: "UDP",
      },
    ],
    [
      "rule 7/(match) pass in on em0: 192.0.2.1 > 192.0.2.2: icmp: echo request",
      { action: "pass", srcip: "192.0.2.1", dstip: "192.0.2.2", protocol: "ICMP" },
    ],
    [
      "rule 7/(match) pass in on em0: 2001:db8::1.22 > 2001:db8::2.23: S",
      { action: "pass", srcip: "2001:db8::1.22", dstip: "2001", protocol: "TCP" },
    ],
    [
      "rule 0/(match) block in on rl0: 192.0.2.1.1 > 192.0.2.2.2:",
      { action: "block", srcip: "192.0.2.1", srcport: "1", dstip: "192.0.2.2", dstport: "2" },
    ],
    [
      "rule 0/(match) block in on rl0: 192.0.2.1.1 < 192.0.2.2",
      { action: "block", srcip: "192.0.2.1", srcport: "1" },
    ],
    ["rule 0/(match) block in on rl0:x", { action: "block" }],
    ["rule 0/(match) reject in on rl0: 1 > 2: x", {}],
    ["rule 0/(match)block", {}],
    ["", {}],
  ])("%s", (log, fields) => {
    expect(pf(log)).toEqual({ fields });
  });
});

describe("SymantecWS", () => {
  test.each([
    [
      "20070101,1200,10=alice,11=192.0.2.1,60=http://a/b,3=1,2=1",
      { dstuser: "alice", srcip: "192.0.2.1", url: "http://a/b", id: "3=1,2=1" },
    ],
    ["20070101,2=27", { id: "2=27" }],
    ["20070101,2=27,10=bob,10=eve", { id: "2=27,10=b", dstuser: "eve" }],
    ["20070101,3=12345678,10=bob", { id: "3=1234567", dstuser: "bob" }],
    [
      `x,10=${"u".repeat(200)},60=${"v".repeat(2000)}`,
      { dstuser: "u".repeat(128), url: "v".repeat(1024) },
    ],
    ["10=alice", {}],
    ["", {}],
  ])("%.60s", (log, fields) => {
    expect(symantecWs(log)).toEqual({ fields });
  });
});

describe("SonicWall", () => {
  const head = 'id=fw sn=1 time="2026-11-22 10:00:01" fw=192.0.2.9 ';
  const ends = "src=192.0.2.1:4711:X0 dst=192.0.2.2:80:X1 ";
  const found = { srcip: "192.0.2.1", srcport: "4711", dstip: "192.0.2.2", dstport: "80" };
  test.each([
    [
      `pri=6 c=262144 m=98 msg="x" n=1 ${ends}proto=tcp/http`,
      "firewall",
      { status: "6", id: "98", ...found, protocol: "tcp", action: "pass" },
    ],
    [
      `pri=5 c=64 m=36 n=1 ${ends}proto=tcpudpxyz`,
      "firewall",
      { status: "5", id: "36", ...found, protocol: "tcpudp", action: "drop" },
    ],
    [
      `pri=6 c=1024 m=537 ${ends}`,
      "firewall",
      { status: "6", id: "537", ...found, action: "close" },
    ],
    [`pri=1 c=32 m=82 ${ends}x`, "ids", { status: "1", id: "82", ...found }],
    [
      `pri=6 c=1024 m=97 ${ends}proto=tcp/http op=GET result=404 dstname=a.example arg=/b`,
      "squid",
      { status: "6", id: "404", ...found, protocol: "tcp", url: "a.example/b" },
    ],
    [
      `pri=6 c=1024 m=97 ${ends}proto=tcp/http x`,
      "squid",
      { status: "6", id: "97", ...found, protocol: "tcp" },
    ],
    [`pri=6 c=1 m=1 ${ends}x`, "syslog", { status: "6", id: "1", ...found }],
    ["pri=6 c=1 m=98 x", "syslog", { status: "6", id: "98" }],
    ["x", "syslog", {}],
  ])("%s", (log, category, fields) => {
    expect(sonicWall(head + log)).toEqual({ fields, category });
  });
});

describe("OSSECAlert", () => {
  const alert =
    "ossec: Alert Level: 5; Rule: 5710 - sshd: x; Location: (web1) 192.0.2.1->/var/log/auth.log; srcip: 203.0.113.9; user: bob;  Nov 22 LOG; x";
  const read = (log: string) => ossecAlert(log, "192.0.2.7");

  test("an alert says what it was about", () => {
    const place = "192.0.2.7|(web1) 192.0.2.1->/var/log/auth.log";
    expect(read(alert)).toEqual({
      fields: { srcip: "203.0.113.9", dstuser: "bob" },
      category: "ossec-alert",
      original: { rule: 5710, host: place, location: place, log: "Nov 22 LOG; x" },
    });
    expect(read(alert.slice(7)).original?.rule).toBe(5710);
  });

  test("the event becomes the one it was about, and its own rule counts", () => {
    const xml = decoder(
      "ar",
      "<program_name>^ossec$</program_name>",
      "<plugin_decoder>OSSECAlert_Decoder</plugin_decoder>",
    );
    const event = decodeBy(xml)(alert.slice(7), "ossec");
    expect(event).toMatchObject({
      category: "ossec-alert",
      originalRule: 5710,
      byPlugin: true,
      log: "Nov 22 LOG; x",
      fullLog: "Nov 22 LOG; x",
      location: "stdin|(web1) 192.0.2.1->/var/log/auth.log",
      srcip: "203.0.113.9",
    });
  });

  test("in our own way it is a line like any other", () => {
    const xml = decoder(
      "ar",
      "<program_name>^ossec$</program_name>",
      "<plugin_decoder>OSSECAlert_Decoder</plugin_decoder>",
    );
    const event = decodeBy(xml, {})(alert.slice(7), "ossec");
    expect(event).toMatchObject({
      decoder: "ar",
      category: "syslog",
      originalRule: undefined,
      fields: {},
      location: "stdin",
      log: alert.slice(7),
    });
  });

  test("places and logs are cut where OSSEC cuts them", () => {
    const long = `Alert Level: 5; Rule: 1 - x; Location: ${"l".repeat(500)};  ${"x".repeat(5000)}`;
    expect(read(long).original?.location).toHaveLength(254);
    expect(read(long).original?.log).toHaveLength(4094);
  });

  test.each([
    "",
    "Alert Level 5",
    "Alert Level: 5",
    "Alert Level: 5; Rule",
    "Alert Level: 5; Rule:1",
    "Alert Level: 5; Rule: 1",
    "Alert Level: 5; Rule: x - y; Location: z;",
    "Alert Level: 5; Rule: 1 - x; Place: y;",
    "Alert Level: 5; Rule: 1 - x; Location: y",
    "Alert Level: 5; Rule: 1 - x; Location: y; srcip: z",
  ])("%j is no alert, and nobody judges it", (log) => {
    const { category, original } = read(log);
    expect([category, original]).toEqual(["ossec-alert", undefined]);
  });
});

test("plugins take time linear in the message", () => {
  const parts = [
    ",10=",
    "src=1.1.1.1:1:a",
    "src=1.1.1.1:1:a ",
    "pri=6 c=1 m=1 ",
    " srcip: x;",
    ") p: ",
    ".",
    ": ",
    "; ",
  ];
  for (const part of parts) {
    for (const start of [
      "",
      "Alert Level: 5; Rule: 1 - x; Location: y;",
      "pri=6 c=1 m=97 ",
      ") p: ",
    ]) {
      const log = start + part.repeat(65_536 / part.length);
      for (const plugin of [pf, symantecWs, sonicWall, ossecAlert]) {
        const cost = costOf(() => plugin(log, "x"));
        expect(cost, `${start}${part}…`).toBeLessThan(100);
      }
    }
  }
});
