import { expect, test } from "vitest";
import { hostInfoReader, hostsInMemory } from "../../../src/decode/formats/host-info.ts";

const lineOf = (address: string, ports = " 22(tcp)") => `Host: ${address} (), open ports:${ports}`;

test("a host is new, known, or has changed since the line before", () => {
  const read = hostInfoReader(hostsInMemory());
  const decoders = (...lines: string[]) => lines.map((line) => read(line, 0)?.decoder);
  expect(decoders(lineOf("192.0.2.1"), lineOf("192.0.2.1"))).toEqual(["hostinfo_new", "hostinfo"]);
  expect(read(lineOf("192.0.2.1", ""), 0)).toMatchObject({
    decoder: "hostinfo_modified",
    category: "ossec",
    fields: { extra_data: lineOf("192.0.2.1") },
  });
  expect(decoders(lineOf("192.0.2.1", ""), lineOf("192.0.2.1"))).toEqual([
    "hostinfo",
    "hostinfo_modified",
  ]);
  expect(decoders(lineOf("192.0.2.10"), lineOf("2001:db8::1"))).toEqual([
    "hostinfo_new",
    "hostinfo_new",
  ]);
});

test.each([
  "",
  "Host: ",
  "Host:  (), open ports:",
  "Host: web1 (), open ports: 22(tcp)",
  " Host: 192.0.2.1 (), open ports:",
])("%j names no host", (line) => {
  expect(hostInfoReader(hostsInMemory())(line, 0)).toBeUndefined();
});

test("hosts without number are not remembered without end", () => {
  const hosts = hostsInMemory();
  for (let number = 0; number <= 10_000; number++) hosts.commit(`192.0.2.${number}`, "x");
  expect(hosts.has("192.0.2.0")).toBe(false);
  expect(hosts.has("192.0.2.10000")).toBe(true);
});
