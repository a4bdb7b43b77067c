import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Untouchable } from "../../src/config/untouchables.ts";
import { parseNetwork } from "../../src/core/network.ts";
import { Blocks } from "../../src/respond/blocks.ts";
import { blocksFile } from "../../src/respond/blocks-file.ts";
import { firewallDrop } from "../../src/respond/firewall-drop.ts";
import { ipset } from "../../src/respond/firewalls/ipset.ts";
import { systemClocks } from "../../src/respond/steady-clock.ts";
import {
  addressOf,
  blockOf,
  createNamespace,
  memoryLog,
  must,
  type Namespace,
  remove,
  scratch,
} from "./machine.ts";

const v4 = { server: "198.18.0.1", attacker: "198.18.0.2" };
const v6 = { server: "2001:db8:1::1", attacker: "2001:db8:2::2" };

let server: Namespace;
let attacker: Namespace;
let echo: ChildProcess;
let blocks: Blocks;
let root: string;
let untouchables: readonly Untouchable[] = [];
const log = memoryLog();

/** Answers each line on port 8080 by the same line. */
const echoing = `require("net").createServer((s) => s.on("error", () => 0).pipe(s)).listen(8080, "::", () => console.log("up"))`;

beforeAll(async () => {
  server = await createNamespace("server");
  attacker = await createNamespace("attacker");
  const link = ["link", "add", "stockade0", "netns", server.name, "type", "veth"];
  await must(attacker.run, "/usr/sbin/ip", [
    ...link,
    "peer",
    "name",
    "eth0",
    "netns",
    attacker.name,
  ]);
  await dress(server, "stockade0", [`${v4.server}/24`, `${v6.server}/32`]);
  await dress(attacker, "eth0", [`${v4.attacker}/24`, `${v6.attacker}/32`]);
  echo = within(server, [process.execPath, "-e", echoing]);
  await new Promise((resolve) => echo.stdout?.once("data", resolve));

  const { root: made, paths } = scratch();
  root = made;
  const guard = { refusal: () => undefined, untouchables: () => untouchables };
  blocks = new Blocks({
    responses: ([4, 6] as const).map((family) =>
      firewallDrop(ipset(family, server.run), systemClocks.wall, log),
    ),
    guard,
    guardOfBans: guard,
    file: blocksFile(paths.respondState, log),
    journal: { write: async () => undefined },
    clocks: systemClocks,
    log,
  });
  await blocks.restore();
});

afterAll(async () => {
  await blocks.close();
  echo.kill("SIGKILL");
  await Promise.all([server.remove(), attacker.remove()]);
  remove(root);
});

beforeEach(async () => {
  // What many firewalls begin with: a block has to be above it to cut a connection that is open.
  for (const iptables of ["/usr/sbin/iptables", "/usr/sbin/ip6tables"]) {
    const established = ["-m", "conntrack", "--ctstate", "ESTABLISHED", "-j", "ACCEPT"];
    await must(server.run, iptables, ["-A", "INPUT", ...established]);
  }
  for (const { attacker: text } of [v4, v6]) await blocks.unblock(addressOf(text));
});

async function dress(namespace: Namespace, device: string, addresses: string[]): Promise<void> {
  for (const address of addresses) {
    const nodad = address.includes(":") ? ["nodad"] : [];
    await must(namespace.run, "/usr/sbin/ip", ["addr", "add", address, "dev", device, ...nodad]);
  }
  await must(namespace.run, "/usr/sbin/ip", ["link", "set", device, "up"]);
}

function within(namespace: Namespace, command: readonly string[]): ChildProcess {
  const args = ["netns", "exec", namespace.name, ...command];
  return spawn("/usr/sbin/ip", args, { stdio: ["pipe", "pipe", "inherit"] });
}

/** Whether the attacker can open a connection and gets an answer. */
async function gets(text: string): Promise<boolean> {
  const script = `exec 3<>/dev/tcp/${text}/8080; echo hello >&3; read -t 0.4 -u 3 line; [ "$line" = hello ]`;
  const ran = await attacker.run("/usr/bin/timeout", ["0.5", "bash", "-c", script]);
  return ran.ok;
}

test.each([
  ["IPv4", v4],
  ["IPv6", v6],
])(
  "%s: a blocked address gets nothing, and everything again when its time is over",
  async (_name, host) => {
    expect(await gets(host.server)).toBe(true);
    const start = performance.now();
    await blocks.block(blockOf(host.attacker, { seconds: 2 }));
    process.stdout.write(`block in force after ${(performance.now() - start).toFixed(1)} ms\n`);
    expect(await gets(host.server)).toBe(false);
    await expect.poll(() => gets(host.server), { timeout: 5000 }).toBe(true);
    expect(performance.now() - start).toBeGreaterThan(1900);
  },
);

test.each([
  ["IPv4", v4, "198.18.0.0/30"],
  ["IPv6", v6, "2001:db8:2::/48"],
])(
  "%s: whoever is in a banned network gets nothing, also when his own block ends",
  async (_name, host, network) => {
    const request = { request: 1, response: "firewall-drop", by: "root", why: "" } as const;
    expect(await gets(host.server)).toBe(true);
    await blocks.block({ verb: "ban", network, seconds: 60, ...request });
    expect(await gets(host.server)).toBe(false);
    await blocks.block(blockOf(host.attacker));
    await blocks.unblock(addressOf(host.attacker));
    expect(await gets(host.server)).toBe(false);
    expect((await blocks.lift({ network }, true)).lifted).toHaveLength(1);
    expect(await gets(host.server)).toBe(true);
  },
);

test("the kernel ends a block when no process of ours lives", async () => {
  const alone = ipset(4, server.run);
  await alone.apply([{ verb: "add", network: v4.attacker, seconds: 1 }]);
  expect(await gets(v4.server)).toBe(false);
  await expect.poll(() => gets(v4.server), { timeout: 5000 }).toBe(true);
});

test("a neighbour in the same /64 gets nothing either", async () => {
  await blocks.block(blockOf("2001:db8:2::ffff"));
  expect(await gets(v6.server)).toBe(false);
});

test("a connection that is open is cut", async () => {
  const script = `exec 3<>/dev/tcp/${v4.server}/8080; while read line; do echo "$line" >&3; read -u 3 back; echo "$back"; done`;
  const talk = within(attacker, ["bash", "-c", script]);
  const heard: string[] = [];
  talk.stdout?.on("data", (chunk) => heard.push(String(chunk).trim()));
  talk.stdin?.write("one\n");
  await expect.poll(() => heard).toEqual(["one"]);
  await blocks.block(blockOf(v4.attacker));
  talk.stdin?.write("two\n");
  expect(await gets(v4.server)).toBe(false);
  expect(heard).toEqual(["one"]);
  talk.kill("SIGKILL");
});

test.each([
  ["flushed rules", ["/usr/sbin/iptables", "-F"]],
  ["a rule pushed above ours", ["/usr/sbin/iptables", "-I", "INPUT", "-j", "ACCEPT"]],
  ["a flushed set", ["/usr/sbin/ipset", "flush"]],
  ["a deleted jump", ["/usr/sbin/iptables", "-D", "INPUT", "-j", "STOCKADE"]],
  ["nothing left at all", ["/usr/sbin/nft", "flush", "ruleset"]],
])("%s: it comes back, and says so", async (_title, [program = "", ...args]) => {
  await blocks.block(blockOf(v4.attacker));
  await must(server.run, program, args);
  expect(await gets(v4.server)).toBe(true);
  const repaired = await blocks.reconcile();
  expect(repaired.length).toBeGreaterThan(0);
  expect(await gets(v4.server)).toBe(false);
  expect(await blocks.reconcile()).toEqual([]);
});

test("sets that were destroyed come back with the next block, all of them", async () => {
  await blocks.block(blockOf(v4.attacker));
  await must(server.run, "/usr/sbin/nft", ["flush", "ruleset"]);
  await must(server.run, "/usr/sbin/ipset", ["destroy"]);
  expect(await blocks.block(blockOf("198.18.0.77"))).toMatchObject({ ok: true });
  expect(await gets(v4.server)).toBe(false);
});

test("an untouchable is let through by the kernel, whatever is in the set to drop", async () => {
  await blocks.block(blockOf(v4.attacker));
  await blocks.block(blockOf(v6.attacker));
  for (const [family, host] of [
    [4, v4],
    [6, v6],
  ] as const) {
    expect(await gets(host.server)).toBe(false);
    await spared(host.attacker);
    expect(await gets(host.server)).toBe(true);
    // What we drop by mistake does not come through the admin's own firewall either.
    const iptables = family === 4 ? "/usr/sbin/iptables" : "/usr/sbin/ip6tables";
    await must(server.run, iptables, ["-I", "INPUT", "2", "-p", "tcp", "-j", "DROP"]);
    expect(await gets(host.server)).toBe(false);
    await must(server.run, iptables, ["-D", "INPUT", "2"]);
    await must(server.run, "/usr/sbin/ipset", ["flush", `stockade-allow${family}`]);
    expect(await gets(host.server)).toBe(false);
    expect(await blocks.reconcile()).toEqual([`the list of the untouchables (IPv${family})`]);
    expect(await gets(host.server)).toBe(true);
    await spared();
  }
});

/** Hands the kernel a list of untouchables without lifting what is blocked, as a mistake of ours might. */
async function spared(...texts: string[]): Promise<void> {
  untouchables = ["203.0.113.0/24", "203.0.113.7", "::1", ...texts].map((text) => {
    const network = parseNetwork(text);
    if (!network) throw new Error(text);
    return { network, reason: "a test" };
  });
  await blocks.liftUntouchable();
}

test("the connections of a blocked address are forgotten", async () => {
  expect(await gets(v4.server)).toBe(true);
  const known = () => must(server.run, "/usr/sbin/conntrack", ["-L", "-s", v4.attacker]);
  expect(await known()).toContain(v4.attacker);
  await blocks.block(blockOf(v4.attacker));
  await expect.poll(known).not.toContain(v4.attacker);
});
