import { isIPv4 } from "node:net";
import { describe, expect, test } from "vitest";
import { addressList } from "../../../src/analyse/conditions/address-list.ts";
import { ipv4Network, ipv4Number } from "../../../src/analyse/conditions/ipv4.ts";
import { parseAddress } from "../../../src/core/address.ts";

const fits = (entries: string[], address: string, compatible = false) =>
  addressList(entries, compatible)(parseAddress(address));

test.each([
  [["192.0.2.1"], "192.0.2.1", true],
  [["192.0.2.1"], "192.0.2.10", false],
  [["192.0.2.0/24"], "192.0.2.255", true],
  [["192.0.2.77/24"], "192.0.2.255", true],
  [["192.0.2.0/24"], "192.0.3.0", false],
  [["128.0.0.0/1"], "203.0.113.9", true],
  [["!192.0.2.0/24"], "192.0.2.1", false],
  [["!192.0.2.0/24"], "203.0.113.9", true],
  [["any"], "2001:db8::1", true],
  [["!any"], "192.0.2.1", false],
  // The first that contains it decides.
  [["192.0.2.0/24", "!192.0.2.1"], "192.0.2.1", true],
  [["!192.0.2.1", "192.0.2.0/24"], "192.0.2.1", false],
  [["!192.0.2.1", "192.0.2.0/24"], "192.0.2.2", true],
  // Else the sign of the last one.
  [["!192.0.2.1", "192.0.2.0/24"], "203.0.113.9", false],
  [["192.0.2.0/24", "!198.51.100.1"], "203.0.113.9", true],
  [["2001:db8::/32"], "2001:DB8:1::1", true],
  [["2001:db8::/32"], "2001:db9::1", false],
  [["2001:db8::1"], "2001:db8:0::1", true],
  [["::ffff:192.0.2.0/120"], "192.0.2.9", true],
  [["192.0.2.1"], "::ffff:192.0.2.1", true],
  [["2001:db8::/32"], "192.0.2.1", false],
])("the list %j and %s: %s", (entries, address, expected) => {
  expect(fits(entries, address)).toBe(expected);
  expect(fits(entries, address, true)).toBe(expected);
});

test("no valid address fits nothing", () => {
  for (const entries of [["any"], ["!192.0.2.1"], ["0.0.0.0/0"]]) {
    expect(fits(entries, "scanner.example")).toBe(false);
    expect(fits(entries, "scanner.example", true)).toBe(false);
  }
});

test.each([
  ["0.0.0.0/0", "192.0.2.1", true, true],
  ["0.0.0.0/0", "2001:db8::1", false, true],
  ["::/0", "192.0.2.1", false, true],
])("%s and %s: ours keeps families apart: %s, OSSEC: %s", (entry, address, ours, ossec) => {
  expect(fits([entry], address)).toBe(ours);
  expect(fits([entry], address, true)).toBe(ossec);
});

test.each([
  ["10.1", "10.0.0.1"],
  ["10.1/24", "10.0.0.200"],
  ["192.0.2.1/x", "203.0.113.9"],
  ["192.0.2.1/8x", "192.255.0.1"],
])("OSSEC takes %s, which contains %s; ours refuses it", (entry, address) => {
  expect(fits([entry], address, true)).toBe(true);
  expect(() => fits([entry], address)).toThrow(`is "${entry}", expected an address`);
});

test.each([
  "",
  "!",
  "!!192.0.2.1",
  "host",
  "host/0",
  "192.0.2.0/33",
  "192.0.2.0/255.255.255.0",
  "1/2/3",
])("%j is no entry", (entry) => {
  expect(() => addressList([entry], false)).toThrow("expected an address");
  expect(() => addressList([entry], true)).toThrow("expected an address");
});

describe("IPv4 addresses as numbers", () => {
  test.each([
    ["0.0.0.0", 0],
    ["255.255.255.255", 2 ** 32 - 1],
    ["192.0.2.1", 0xc0000201],
  ])("%s", (text, number) => expect(ipv4Number(text)).toBe(number));

  test("what node takes for one, and nothing else", () => {
    const parts = ["0", "9", "10", "255", "256", "01", "1234", "", "1a", " 1"];
    const texts = parts.flatMap((a) =>
      parts.flatMap((b) =>
        parts.flatMap((c) => [`${a}.${b}.${c}`, ...parts.map((d) => `${a}.${b}.${c}.${d}`)]),
      ),
    );
    const wrong = texts.filter((text) => Number.isNaN(ipv4Number(text)) === isIPv4(text));
    expect(wrong).toEqual([]);
    expect(texts.filter(isIPv4)).toHaveLength(4 ** 4);
    for (const text of ["1.2.3.4.", "1.2.3.4.5", ".1.2.3.4", "::1"]) {
      expect(ipv4Number(text), text).toBeNaN();
    }
  });

  test("networks", () => {
    expect(ipv4Network("192.0.2.77/24")).toEqual({ base: 0xc0000200, mask: 0xffffff00 });
    expect(ipv4Network("192.0.2.77")).toEqual({ base: 0xc000024d, mask: 0xffffffff });
    expect(ipv4Network("192.0.2.77/0")).toEqual({ base: 0, mask: 0 });
    for (const text of [
      "192.0.2.0/33",
      "192.0.2.0/8xyz",
      "192.0.2.0/",
      "192.0.2.0/1/2",
      "/24",
      "::/24",
    ]) {
      expect(ipv4Network(text), text).toBeUndefined();
    }
  });
});
