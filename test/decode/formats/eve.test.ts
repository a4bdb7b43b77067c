import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readEve } from "../../../src/decode/formats/eve.ts";
import { snortFastReader } from "../../../src/decode/formats/snort-fast.ts";
import { shared } from "../../shared.ts";

/** As Suricata 7 writes it, http block and flow included. */
const alert = {
  timestamp: "2026-11-22T10:00:00.123456+0000",
  flow_id: 1234567890123456,
  in_iface: "eth0",
  event_type: "alert",
  src_ip: "203.0.113.9",
  src_port: 41234,
  dest_ip: "192.0.2.10",
  dest_port: 80,
  proto: "TCP",
  pkt_src: "wire/pcap",
  tx_id: 0,
  alert: {
    action: "allowed",
    gid: 1,
    signature_id: 2100498,
    rev: 7,
    signature: "GPL ATTACK_RESPONSE id check returned root",
    category: "Potentially Bad Traffic",
    severity: 2,
    metadata: { created_at: ["2010_09_23"] },
  },
  http: { hostname: "www.example.com", url: "/cgi-bin/id", http_method: "GET", status: 200 },
  app_proto: "http",
  direction: "to_server",
  flow: { pkts_toserver: 4, pkts_toclient: 3, start: "2026-11-22T09:59:59.000000+0000" },
};
const eve = (change: object = {}) => JSON.stringify({ ...alert, ...change });

test("an alert has the fields of fast.log and what only eve.json knows", () => {
  expect(readEve(eve())).toEqual({
    at: Date.UTC(2026, 10, 22, 10, 0, 0, 123),
    start: 0,
    decoder: "snort-fast",
    category: "ids",
    fields: {
      gid: "1",
      sid: "2100498",
      rev: "7",
      msg: "GPL ATTACK_RESPONSE id check returned root",
      classification: "Potentially Bad Traffic",
      priority: "2",
      protocol: "TCP",
      srcip: "203.0.113.9",
      srcport: "41234",
      dstip: "192.0.2.10",
      dstport: "80",
      direction: "to_server",
      app_proto: "http",
      url: "/cgi-bin/id",
      "http.hostname": "www.example.com",
      "flow.pkts_toserver": "4",
      "flow.pkts_toclient": "3",
    },
    log: "[**] [1:2100498:7] GPL ATTACK_RESPONSE id check returned root [**] [Classification: Potentially Bad Traffic] [Priority: 2] {TCP} 203.0.113.9:41234 -> 192.0.2.10:80",
  });
});

test("what was dropped reads as fast.log's Drop", () => {
  const reading = readEve(eve({ alert: { ...alert.alert, action: "blocked" } }));
  expect(reading?.fields).toMatchObject({ action: "Drop" });
  expect(reading?.log).toMatch(/^\[Drop] \[\*\*]/);
});

test("where there are no ports there are none, and packets that are no IP have no addresses", () => {
  const icmp = readEve(eve({ proto: "ICMP", icmp_type: 8, src_port: undefined }))?.fields;
  expect(icmp).toMatchObject({ protocol: "ICMP", srcip: "203.0.113.9" });
  expect(icmp).not.toHaveProperty("srcport");
  const none = { src_ip: undefined, dest_ip: undefined, proto: undefined };
  expect(readEve(eve(none))?.fields).not.toHaveProperty("srcip");
});

/** What Suricata wrote to both logs of one packet. */
const truth = readFileSync(shared("conformance/suricata/fastlog-truth.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

test("every alert of a real Suricata reads the same from either log", () => {
  const readFast = snortFastReader();
  const names = "gid sid rev msg classification priority protocol srcip srcport dstip dstport";
  const differences = truth.filter((row) => {
    const object = {
      timestamp: "2026-11-22T10:00:00.000000+0000",
      event_type: "alert",
      src_ip: row.src_ip,
      src_port: row.src_port,
      dest_ip: row.dest_ip,
      dest_port: row.dest_port,
      proto: row.proto,
      alert: {
        action: row.line.includes("[Drop]") ? "blocked" : "allowed",
        gid: row.gid,
        signature_id: row.sid,
        rev: row.rev,
        signature: row.msg,
        category: row.classification ?? "",
        severity: row.priority,
      },
    };
    const one = readEve(JSON.stringify(object))?.fields ?? {};
    const other = readFast(row.line, 0)?.fields ?? {};
    return names.split(" ").some((name) => one[name] !== other[name]);
  });
  expect(truth.length).toBeGreaterThan(100);
  expect(differences).toEqual([]);
});

test.each([
  ["another event", eve({ event_type: "flow" })],
  ["an alert inside of another event", JSON.stringify({ event_type: "http", a: alert })],
  ["half a line", eve().slice(0, 200)],
  ["a list", `[${eve()}]`],
  ["no text", ""],
  ["no rule", eve({ alert: { action: "allowed" } })],
  ["an alert that is a text", eve({ alert: "allowed" })],
  ["binary", "\0\u0001{\ufffd"],
])("%s is none", (_, line) => {
  expect(readEve(line)).toBeUndefined();
});

test("no name in it reaches the program's own objects", () => {
  const line = eve().replace("{", '{"__proto__":{"srcip":"192.0.2.66"},"constructor":"x",');
  expect(readEve(line)?.fields).toMatchObject({ srcip: "203.0.113.9" });
  expect(Object.getPrototypeOf(readEve(line)?.fields)).toBe(Object.prototype);
  expect({}).not.toHaveProperty("srcip");
});
