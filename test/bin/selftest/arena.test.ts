import { readlinkSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openArena } from "../../../src/bin/selftest/arena.ts";
import { mirror } from "../../../src/bin/selftest/mirror.ts";
import type { Answer, Order } from "../../../src/bin/selftest/orders.ts";
import { settle } from "../../../src/bin/selftest/settle.ts";
import { AddressSchema } from "../../../src/core/address.ts";
import { openWorld, type World } from "../doctor/world.ts";

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.remove());

const server = AddressSchema.parse("198.51.100.44");
const attackers = [AddressSchema.parse("192.0.2.7")];
const wish = { server, attackers, socket: "/nonexistent" };

/** ip(8) as it answers on a server; `changes` are answers of another kind, by a part of the command. */
function ip(changes: Record<string, string> = {}): void {
  const answers = {
    "-o link show sk-self-out":
      "5: sk-self-out@if2: <UP> link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff",
    "-o link show sk-self-in":
      "2: sk-self-in@if5: <UP> link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff",
    "-4 route show": "198.51.100.44 dev sk-self-in scope link ",
    "-o link show": "1: lo: <LOOPBACK,UP>\n2: sk-self-in@if5: <BROADCAST>",
    "route get": "192.0.2.7 dev sk-self-out src 198.51.100.44",
    ...changes,
  };
  const arms = Object.entries(answers)
    .toSorted(([a], [b]) => b.length - a.length)
    .map(([part, text]) => `  *"${part}"*) printf '%s\\n' "${text.replaceAll("\n", '" "')}" ;;`);
  world.script("ip", `echo "$*" >> ${world.root}/asked\ncase "$*" in\n${arms.join("\n")}\nesac`);
}

/** An attacker that writes down what it is told. */
function attacker(answers: Partial<Record<Order["verb"], Answer>> = {}) {
  const told: string[] = [];
  const usual: Partial<Record<Order["verb"], Answer>> = {
    look: { ok: true, pid: 4711, network: "net:[1]" },
    settle: { ok: true, mac: "02:00:00:00:00:02" },
  };
  const call = async () => ({
    async ask(order: Order): Promise<Answer> {
      told.push(order.verb);
      return answers[order.verb] ?? usual[order.verb] ?? { ok: true };
    },
    close: async () => void told.push("close"),
  });
  return { told, call };
}

test("the wire ends in the attacker's network, and its addresses are behind it", async () => {
  ip();
  const { told, call } = attacker();
  const arena = await openArena(world.machine().run, wish, call);
  const asked = world.read("asked");
  expect(asked).toContain("link add sk-self-out type veth peer name sk-self-in netns 4711\n");
  expect(asked).toContain("route add 192.0.2.7/32 dev sk-self-out\n");
  await arena.close();
  expect(world.read("asked")).toMatch(/link delete sk-self-out\n$/);
  expect(told).toEqual(["look", "settle", "close"]);
});

test.each<[string, Partial<Record<Order["verb"], Answer>>, Record<string, string>]>([
  [
    "no network of its own",
    { look: { ok: true, pid: 4711, network: readlinkSync("/proc/self/ns/net") } },
    {},
  ],
  ["it has another way out", { settle: { ok: false, reason: "it has another way out" } }, {}],
  ["is not behind sk-self-out", {}, { "route get": "192.0.2.7 via 198.51.100.1 dev eth0" }],
])("%s: nothing is attacked, and all is taken away again", async (why, answers, changes) => {
  ip(changes);
  const { told, call } = attacker(answers);
  await expect(openArena(world.machine().run, wish, call)).rejects.toThrow(why);
  expect(told.at(-1)).toBe("close");
  expect(world.read("asked")).toMatch(/link delete sk-self-out\n$/);
});

const order = { verb: "settle", server, mac: "02:00:00:00:00:01", attackers } as const;

test("the attacker has a way to the server's own address, and nobody else's", async () => {
  ip();
  expect(await settle(world.machine().run, order)).toBe("02:00:00:00:00:02");
  const asked = world.read("asked");
  expect(asked).toContain("route add 198.51.100.44/32 dev sk-self-in\n");
  expect(asked).not.toMatch(/route (?:add|replace) default/);
});

test.each([
  [
    "another way out",
    { "-4 route show": "default via 198.51.100.1 dev eth0\n198.51.100.44 dev sk-self-in " },
  ],
  ["other devices", { "-o link show": "1: lo: <LOOPBACK,UP>\n2: eth0: <BROADCAST,UP,LOWER_UP>" }],
])("an attacker with %s does not settle", async (why, changes) => {
  ip(changes);
  await expect(settle(world.machine().run, order)).rejects.toThrow(why);
  if (why === "other devices") expect(world.read("asked")).toBe("-o link show\n");
});

test("the attack is mirrored in both directions to the device that Suricata watches, as if it came in there", async () => {
  world.script("ip", "echo '2: eth0: <UP> link/ether 02:00:00:00:00:09'");
  world.script("tc", `echo "$*" >> ${world.root}/asked`);
  await mirror(world.machine(), "sk-self-out", "eth0");
  const filters = world
    .read("asked")
    .split("\n")
    .filter((line) => line.startsWith("filter"));
  expect(
    filters.map(
      (line) => /dev sk-self-out (\w+) .*mirred ingress mirror dev eth0$/.exec(line)?.[1],
    ),
  ).toEqual(["ingress", "egress"]);
});

test.each([
  ["a port of a bridge", "2: eth0: <UP> master br0 link/ether 02:00:00:00:00:09", "0"],
  ["a device that routes our own packets", "2: eth0: <UP> link/ether 02:00:00:00:00:09", "1"],
  ["a device without Ethernet", "2: ppp0: <UP> link/ppp", "0"],
])("nothing is mirrored to %s: it would get further", async (_, link, acceptLocal) => {
  world.script("ip", `echo '${link}'`);
  world.script("tc", `echo "$*" >> ${world.root}/asked`);
  world.file("/proc/sys/net/ipv4/conf/all/accept_local", `${acceptLocal}\n`);
  await expect(mirror(world.machine(), "sk-self-out", "eth0")).rejects.toThrow(
    "part of another device",
  );
  expect(world.read("asked")).toBe("");
});
