import { isIPv4 } from "node:net";
import { expect, test } from "vitest";
import { parseAddress } from "../../src/core/address.ts";
import { coveredBy } from "../../src/core/block.ts";
import { overlaps, parseNetwork } from "../../src/core/network.ts";
import { printable } from "../../src/core/printable.ts";
import { randomNumbers } from "../random.ts";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["0000:0000:0000:0000:0000:ffff:c000:0201", "192.0.2.1"],
  ["2001:0DB8:0000::0001", "2001:db8::1"],
  // What a lenient parser would read as another host.
  ["010.0.0.1", undefined],
  ["1", undefined],
  ["127.1", undefined],
  ["0x7f.1", undefined],
  ["fe80::1%eth0", undefined],
  ["::ffff:0177.0.0.1", undefined],
  [" 192.0.2.1", undefined],
  ["192.0.2.1\n", undefined],
  ["192.0.2.1/32", undefined],
  ["-I", undefined],
  ["", undefined],
])("the address %j is %j", (text, expected) => {
  expect(parseAddress(text)).toBe(expected);
});

test("what is an IPv4 address is what node:net takes for one", () => {
  const random = randomNumbers(4);
  const parts = [
    "0",
    "00",
    "01",
    "1",
    "9",
    "10",
    "199",
    "255",
    "256",
    "300",
    "1000",
    "",
    "a",
    "-1",
  ];
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const one = () => pick(random(2) === 0 ? parts.slice(3, 8) : parts);
  for (let n = 0; n < 20_000; n++) {
    const text = Array.from({ length: 3 + random(3) }, one).join(pick([".", ".", ".", "..", ","]));
    expect([text, parseAddress(text)]).toEqual([text, isIPv4(text) ? text : undefined]);
  }
});

test.each([
  ["192.0.2.77/24", "192.0.2.0/24"],
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8::1/32", "2001:db8::/32"],
  ["::ffff:192.0.2.0/120", "192.0.2.0/24"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["192.0.2.0/33", undefined],
  ["192.0.2.0/", undefined],
  ["192.0.2.0/255.255.255.0", undefined],
  ["192.0.2.0/-1", undefined],
  ["::/129", undefined],
  ["::ffff:192.0.2.0/90", undefined],
  ["a/b/c", undefined],
])("the network %j is %j", (text, expected) => {
  expect(parseNetwork(text)?.text).toBe(expected);
});

test.each([
  ["192.0.2.0/24", "192.0.2.9", true],
  ["192.0.2.9", "192.0.2.0/24", true],
  ["192.0.2.9", "192.0.2.8", false],
  ["2001:db8::/64", "2001:db8::1", true],
  ["2001:db8:1::/64", "2001:db8::1", false],
  ["0.0.0.0/0", "::1", false],
])("%s and %s share an address: %s", (a, b, expected) => {
  expect(overlaps(parseNetwork(a)!, parseNetwork(b)!)).toBe(expected);
});

test("an IPv6 block covers the /64, an IPv4 block one address", () => {
  expect(coveredBy(parseAddress("2001:db8::1:2:3:4")!).text).toBe(
    "2001:db8:0:0::/64".replace("0:0::", ":"),
  );
  expect(coveredBy(parseAddress("192.0.2.1")!).text).toBe("192.0.2.1");
});

test("text from outside cannot steer a terminal", () => {
  expect(printable("plain äöü 日本")).toBe("plain äöü 日本");
  expect(printable("a\u001b[31mb\r\nc\u009bd\u202ee\u200bf")).toBe(
    "a\\x1b[31mb\\x0d\\x0ac\\x9bd\\u202ee\\u200bf",
  );
});
