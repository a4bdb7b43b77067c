import { expect, test } from "vitest";
import { type Facts, systemFacts } from "../../src/config/untouchables/facts.ts";
import { listUntouchables, protectorOf } from "../../src/config/untouchables.ts";
import { parseAddress } from "../../src/core/address.ts";
import { coveredBy } from "../../src/core/block.ts";

const facts: Facts = {
  interfaces: () => [parseAddress("198.51.100.44")!, parseAddress("2001:db8:44::44")!],
  routes: async () => ({
    v4: "Iface\tDestination\tGateway\tFlags\neth0\t00000000\t016433C6\t0003\neth0\t006433C6\t00000000\t0001\n",
    v6: "00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8004400010000000000000001 00000400 00000000 00000000 00000003 eth0\n",
  }),
  resolvConf: async () => "# c\nnameserver 9.9.9.9\nnameserver fe80::1%eth0\noptions x\n",
  items: async () => [
    { text: "mirror.example", reason: "package mirror: mirror.example", isWanted: false },
    { text: "203.0.113.53", reason: "time server: 203.0.113.53", isWanted: false },
    { text: "closed.example", reason: "package mirror: closed.example", isWanted: false },
  ],
  resolve: async (name) => {
    if (name === "mirror.example") return ["203.0.113.80"];
    if (name === "admin.example") return ["203.0.113.77", "2001:db8:77::1"];
    throw new Error("ENOTFOUND");
  },
};

const whiteList = ["203.0.113.12", "10.0.0.0/8", "admin.example", "gone.example"];

test.each([
  ["203.0.113.12", "white list"],
  ["10.1.2.3", "white list"],
  ["203.0.113.77", "white list: admin.example"],
  ["2001:db8:77::99", "white list: admin.example"],
  ["198.51.100.44", "this server's own address"],
  ["2001:db8:44:0:ffff::1", "this server's own address"],
  ["198.51.100.1", "gateway"],
  ["2001:db8:44:1::9", "gateway"],
  ["9.9.9.9", "resolver"],
  ["203.0.113.80", "package mirror: mirror.example"],
  ["203.0.113.53", "time server: 203.0.113.53"],
  ["fd00:ec2::254", "cloud metadata"],
  ["168.63.129.16", "cloud metadata"],
  ["127.0.0.53", "loopback"],
  ["169.254.169.254", "link-local, cloud metadata"],
  ["224.0.0.1", "multicast"],
  // A block of IPv6 is a /64: here it would be the whole IPv4 internet, or all clients of one Teredo server.
  ["64:ff9b::7f00:1", "NAT64, the /64 of a block would be all of IPv4"],
  ["64:ff9b::192.0.2.241", "NAT64, the /64 of a block would be all of IPv4"],
  ["64:ff9b:1:2:3:4:5:6", "NAT64, the /64 of a block would be all of IPv4"],
  ["2001:0:5ef5:79fd::1", "Teredo, the /64 of a block would be everybody behind one Teredo server"],
  ["::ffff:0:192.0.2.241", "loopback"],
  ["64:ff9b:2::1", undefined],
  ["2002:c000:2f1::1", undefined],
  ["2001:1::1", undefined],
  ["192.0.2.241", undefined],
  ["203.0.113.13", undefined],
  ["2001:db8:24::241", undefined],
])("%s: %s", async (text, reason) => {
  const { untouchables } = await listUntouchables(whiteList, new Map(), facts);
  expect(protectorOf(coveredBy(parseAddress(text)!), untouchables)?.reason).toBe(reason);
});

test("a name that does not resolve is told, and the rest of the list stands", async () => {
  const { problems } = await listUntouchables(whiteList, new Map(), facts);
  expect(problems).toEqual(["white list name gone.example does not resolve"]);
});

test("a name that does not resolve stands for its last addresses, until it leaves the white list", async () => {
  const last = new Map([
    ["admin.example", [parseAddress("203.0.113.78")!]],
    ["gone.example", [parseAddress("203.0.113.79")!]],
  ]);
  const { untouchables, names, problems } = await listUntouchables(whiteList, last, facts);
  const reason = (text: string) =>
    protectorOf(coveredBy(parseAddress(text)!), untouchables)?.reason;
  expect(reason("203.0.113.79")).toBe("white list: gone.example");
  expect(reason("203.0.113.77")).toBe("white list: admin.example");
  expect(reason("203.0.113.78")).toBeUndefined();
  expect(problems).toEqual([
    "white list name gone.example does not resolve, its last addresses stay: 203.0.113.79",
  ]);
  expect(Object.fromEntries(names)).toEqual({
    "admin.example": ["2001:db8:77::1", "203.0.113.77"],
    "gone.example": ["203.0.113.79"],
    "mirror.example": ["203.0.113.80"],
  });
  const without = await listUntouchables(["admin.example"], names, facts);
  expect([...without.names.keys()]).toEqual(["admin.example", "mirror.example"]);
  expect(
    protectorOf(coveredBy(parseAddress("203.0.113.79")!), without.untouchables),
  ).toBeUndefined();
});

test("this very machine: its own addresses are untouchable", async () => {
  const { untouchables } = await listUntouchables(
    [],
    new Map(),
    systemFacts("/nowhere", "/nowhere"),
  );
  expect(untouchables.some(({ reason }) => reason === "loopback")).toBe(true);
});

test("W17: a name means what it resolves to, an address itself alone, and this server's own are there unasked", async () => {
  const list = ["203.0.113.1", "admin.example"];
  const { untouchables } = await listUntouchables(list, new Map(), facts);
  const reason = (text: string) =>
    protectorOf(coveredBy(parseAddress(text)!), untouchables)?.reason;
  // OSSEC compares texts by the beginning they share.
  expect(reason("203.0.113.10")).toBeUndefined();
  expect(reason("203.0.113.1")).toBe("white list");
  expect(reason("203.0.113.77")).toBe("white list: admin.example");
  expect(reason("198.51.100.44")).toBe("this server's own address");
});
