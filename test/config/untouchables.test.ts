import { expect, test } from "vitest";
import { type Facts, listUntouchables, protectorOf } from "../../src/config/untouchables.ts";
import { parseAddress } from "../../src/core/address.ts";
import { coveredBy } from "../../src/core/block.ts";

const facts: Facts = {
  interfaces: () => [parseAddress("198.51.100.44")!, parseAddress("2001:db8:44::44")!],
  routes: async () => ({
    v4: "Iface\tDestination\tGateway\tFlags\neth0\t00000000\t016433C6\t0003\neth0\t006433C6\t00000000\t0001\n",
    v6: "00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8004400010000000000000001 00000400 00000000 00000000 00000003 eth0\n",
  }),
  resolvConf: async () => "# c\nnameserver 9.9.9.9\nnameserver fe80::1%eth0\noptions x\n",
  resolve: async (name) => {
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
  ["127.0.0.53", "loopback"],
  ["169.254.169.254", "link-local, cloud metadata"],
  ["224.0.0.1", "multicast"],
  ["192.0.2.241", undefined],
  ["203.0.113.13", undefined],
  ["2001:db8:24::241", undefined],
])("%s: %s", async (text, reason) => {
  const { untouchables } = await listUntouchables(whiteList, facts);
  expect(protectorOf(coveredBy(parseAddress(text)!), untouchables)?.reason).toBe(reason);
});

test("a name that does not resolve is told, and the rest of the list stands", async () => {
  const { problems } = await listUntouchables(whiteList, facts);
  expect(problems).toEqual(["white list name gone.example does not resolve"]);
});

test("this very machine: its own addresses are untouchable", async () => {
  const { untouchables } = await listUntouchables([]);
  expect(untouchables.some(({ reason }) => reason === "loopback")).toBe(true);
});
