import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { snortFastReader } from "../../../src/decode/formats/snort-fast.ts";
import { shared } from "../../shared.ts";

const read = (line: string) => snortFastReader()(line, Date.UTC(2026, 10, 22))?.fields;

test("Suricata's own truth about its fast.log, every line", () => {
  const cases = readFileSync(shared("conformance/suricata/fastlog-truth.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((row) => JSON.parse(row));
  const reader = snortFastReader();
  const wrong = cases.filter((truth) => {
    const fields = reader(truth.line, Date.now())?.fields ?? {};
    const text = (value: unknown) => (value === null ? undefined : String(value));
    return (
      fields["gid"] !== text(truth.gid) ||
      fields["sid"] !== text(truth.sid) ||
      fields["rev"] !== text(truth.rev) ||
      fields["msg"] !== text(truth.msg) ||
      fields["classification"] !== text(truth.classification) ||
      fields["priority"] !== text(truth.priority) ||
      fields["protocol"] !== text(truth.proto) ||
      fields["srcip"] !== text(truth.src_ip) ||
      fields["srcport"] !== text(truth.src_port) ||
      fields["dstip"] !== text(truth.dest_ip) ||
      fields["dstport"] !== text(truth.dest_port)
    );
  });
  expect(wrong).toEqual([]);
  expect(cases.length).toBeGreaterThan(1000);
});

const head = "11/14/2023-22:13:20.123456  ";
const rest = "[**] [1:1000002:1] A [**] [Classification: Misc Attack] [Priority: 2] ";

describe("hostile and rare forms", () => {
  test.each([
    [
      "a message that imitates the address part",
      `${head}[**] [1:2:1] TEST [icmp] {TCP} 1.2.3.4:5 -> 6.7.8.9:10 [**] [Classification: Misc Attack] [Priority: 2] {ICMP} 203.0.113.9:8 -> 10.0.0.5:0`,
      {
        msg: "TEST [icmp] {TCP} 1.2.3.4:5 -> 6.7.8.9:10",
        protocol: "ICMP",
        srcip: "203.0.113.9",
        dstip: "10.0.0.5",
      },
    ],
    [
      "a message that imitates everything after it",
      `${head}[**] [1:2:1] X [**] [Classification: None] [Priority: 1] {TCP} 1.2.3.4:5 -> 6.7.8.9:10 [**] [Classification: Misc Attack] [Priority: 3] {UDP} 203.0.113.9:53 -> 10.0.0.5:53`,
      { priority: "3", classification: "Misc Attack", protocol: "UDP", srcip: "203.0.113.9" },
    ],
    [
      "no classification",
      `${head}[**] [1:2:1] X [**] [Priority: 1] {TCP} 203.0.113.9:5 -> 10.0.0.5:80`,
      { msg: "X", priority: "1", srcip: "203.0.113.9", srcport: "5", dstport: "80" },
    ],
    [
      "no year",
      `11/14-22:13:20.123456  ${rest}{TCP} 203.0.113.9:5 -> 10.0.0.5:80`,
      { sid: "1000002" },
    ],
    ["dropped", `${head}[Drop] ${rest}{TCP} 203.0.113.9:5 -> 10.0.0.5:80`, { action: "Drop" }],
    ["would drop", `${head}[wDrop] ${rest}{TCP} 203.0.113.9:5 -> 10.0.0.5:80`, { action: "wDrop" }],
    [
      "an unknown protocol",
      `${head}${rest}{PROTO:253} 203.0.113.9:0 -> 10.0.0.5:0`,
      { protocol: "PROTO:253", srcip: "203.0.113.9" },
    ],
    [
      "uncompressed IPv6 with a port",
      `${head}${rest}{TCP} 2001:0db8:0000:0000:0000:0000:0000:0001:1111 -> 2001:0db8:0000:0000:0000:0000:0000:0002:80`,
      { srcip: "2001:0db8:0000:0000:0000:0000:0000:0001", srcport: "1111", dstport: "80" },
    ],
    [
      "an IPv4-mapped address",
      `${head}${rest}{TCP} 0000:0000:0000:0000:0000:ffff:c000:0201:1111 -> 10.0.0.5:80`,
      { srcip: "0000:0000:0000:0000:0000:ffff:c000:0201" },
    ],
  ])("%s", (_title, line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });

  test("a decoder event has no addresses, whatever its packet holds", () => {
    const fields = read(
      `${head}[**] [1:2200000:2] SURICATA IPv4 packet too small [**] [Classification: Generic Protocol Command Decode] [Priority: 3] [**] [Raw pkt: 02 02 7B 54 ] [pcap file packet: 6]`,
    );
    expect(fields).toMatchObject({ sid: "2200000", priority: "3" });
    expect(fields).not.toHaveProperty("srcip");
  });

  test("protocols without ports have none", () => {
    expect(read(`${head}${rest}{ICMP} 203.0.113.9:8 -> 10.0.0.5:0`)).not.toHaveProperty("srcport");
  });

  test.each([
    "",
    "x",
    head,
    `${head}[**] [1:2] x`,
    `${head}[**] [1:2:3] x [**] [Priority: x]`,
    "a".repeat(70_000),
  ])("no fast.log line: %.40s", (line) => {
    expect(read(line)).toBeUndefined();
  });
});
