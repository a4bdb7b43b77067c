import { afterEach, beforeEach, expect, test } from "vitest";
import { openArena } from "../../../src/bin/selftest/arena.ts";
import { mirror } from "../../../src/bin/selftest/mirror.ts";
import { openWorld, type World } from "../doctor/world.ts";

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.remove());

const wish = { server: "198.51.100.44", attackers: ["192.0.2.7"] };

/** ip(8) as it answers on a server; `changes` are answers of another kind, by a part of the command. */
function ip(changes: Record<string, string> = {}): void {
  const answers = {
    "-o link show sk-self-out":
      "5: sk-self-out@if2: <UP> link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff",
    "-o link show sk-self-in":
      "2: sk-self-in@if5: <UP> link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff",
    "-4 route show": "198.51.100.44 dev sk-self-in scope link ",
    "-n stockade-selftest -o link show": "1: lo: <LOOPBACK>\n2: sk-self-in@if5: <UP>",
    "route get": "192.0.2.7 dev sk-self-out src 198.51.100.44",
    ...changes,
  };
  const arms = Object.entries(answers)
    .toSorted(([a], [b]) => b.length - a.length)
    .map(([part, text]) => `  *"${part}"*) printf '%s\\n' "${text.replaceAll("\n", '" "')}" ;;`);
  world.script("ip", `echo "$*" >> ${world.root}/asked\ncase "$*" in\n${arms.join("\n")}\nesac`);
}

test("whoever is in there reaches the server's own address by its wire, and nobody else", async () => {
  ip();
  const arena = await openArena(world.machine().run, wish);
  expect(arena.enter).toEqual(["ip", "netns", "exec", "stockade-selftest"]);
  const asked = world.read("asked");
  expect(asked).toContain("route add 192.0.2.7/32 dev sk-self-out\n");
  expect(asked).not.toMatch(/route (?:add|replace) default/);
  await arena.close();
  expect(world.read("asked")).toMatch(/link delete sk-self-out\nnetns delete stockade-selftest\n$/);
});

test.each([
  [
    "another way out",
    { "-4 route show": "default via 198.51.100.1 dev eth0\n198.51.100.44 dev sk-self-in " },
  ],
  ["another way out", { "-n stockade-selftest -o link show": "1: lo: <LOOPBACK>\n2: eth1: <UP>" }],
  ["is not behind sk-self-out", { "route get": "192.0.2.7 via 198.51.100.1 dev eth0" }],
])("%s: nothing is attacked, and all is taken away again", async (why, changes) => {
  ip(changes);
  await expect(openArena(world.machine().run, wish)).rejects.toThrow(why);
  expect(world.read("asked")).toMatch(/netns delete stockade-selftest\n$/);
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
