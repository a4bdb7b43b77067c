import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Paths } from "../../src/config/paths.ts";
import { type Block, coveredBy } from "../../src/core/block.ts";
import { connectResponder, type Responder } from "../../src/respond/client.ts";
import { ipset } from "../../src/respond/firewalls/ipset.ts";
import {
  addressOf,
  blockOf,
  createNamespace,
  ended,
  memoryLog,
  must,
  type Namespace,
  remove,
  scratch,
  startResponder,
} from "./machine.ts";

/** What the responses of OSSEC get wrong, each by the real process with the kernel's own packet filter. */

let namespace: Namespace;
let root: string;
let paths: Paths;
let responder: Responder;
let processes: ChildProcess[] = [];

beforeEach(async () => {
  ({ root, paths } = scratch());
  namespace = await createNamespace("weaknesses");
  processes = [];
  responder = connectResponder(paths.respondSocket, memoryLog());
});
afterEach(async () => {
  responder.close();
  for (const child of processes) child.kill("SIGKILL");
  await Promise.all(processes.map(ended));
  await namespace.remove();
  remove(root);
});

async function start(): Promise<ChildProcess> {
  const child = startResponder(root, namespace);
  processes.push(child);
  await live();
  return child;
}

const live = async (): Promise<readonly Block[]> => {
  const reply = await responder.ask({ verb: "list" }, 20_000);
  return reply.ok ? reply.blocks : [];
};
const inKernel = (family: 4 | 6 = 4) => ipset(family, namespace.run).list();
const denied = () => readFileSync(paths.hostsDeny, { encoding: "utf8", flag: "a+" });

const ends: [string, (child: ChildProcess) => Promise<unknown>][] = [
  ["kill -9", (child) => endBy(child, "SIGKILL")],
  ["a restart", (child) => endBy(child, "SIGTERM")],
  ["a reboot", (child) => endBy(child, "SIGTERM").then(forgetKernel)],
  ["a power failure", (child) => endBy(child, "SIGKILL").then(forgetKernel)],
  ["a reload", async (child) => child.kill("SIGHUP")],
];

test.each(ends)(
  "W21: after %s the blocks are what they were, and end on time",
  async (_title, end) => {
    const first = await start();
    await responder.ask(blockOf("192.0.2.1", { seconds: 600 }));
    await responder.ask(blockOf("2001:db8:5::1", { seconds: 40_000_000 / 2 }));
    await responder.ask(blockOf("192.0.2.1", { seconds: 600, response: "host-deny" }));
    await responder.ask(blockOf("192.0.2.9", { seconds: 600 }));
    await responder.ask({ verb: "unblock", address: addressOf("192.0.2.9") });
    const until = Date.now() + 5000;
    await responder.ask(blockOf("192.0.2.2", { seconds: 5 }));
    const before = await live();
    expect(before).toHaveLength(4);
    await end(first);
    if (first.exitCode !== null || first.signalCode !== null) await start();
    expect(await live()).toEqual(before);
    expect([...(await inKernel()).keys()].sort()).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect([...(await inKernel(6)).keys()]).toEqual([coveredBy(addressOf("2001:db8:5::1")).text]);
    expect(denied()).toContain("ALL: 192.0.2.1\n");
    await expect
      .poll(async () => (await inKernel()).has("192.0.2.2"), { timeout: 9000 })
      .toBe(false);
    expect(Math.abs(Date.now() - until)).toBeLessThan(1000);
  },
);

async function endBy(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await ended(child);
}

async function forgetKernel(): Promise<void> {
  await must(namespace.run, "/usr/sbin/nft", ["flush", "ruleset"]);
  await must(namespace.run, "/usr/sbin/ipset", ["destroy"]);
}

test("W22: a block ends within a second of its time, in the kernel and in hosts.deny, idle or not", async () => {
  await start();
  const untils = new Map<string, number>();
  for (const seconds of [1, 2, 3]) {
    const text = `192.0.2.${seconds}`;
    const response = seconds === 2 ? "host-deny" : "firewall-drop";
    const reply = await responder.ask(blockOf(text, { seconds, response }));
    if (reply.ok) untils.set(text, reply.blocks[0]?.until ?? 0);
  }
  const isIn = async (text: string) =>
    (await inKernel()).has(text) || denied().includes(`ALL: ${text}\n`);
  for (const [text, until] of untils) {
    await expect.poll(() => isIn(text), { timeout: 6000, interval: 20 }).toBe(false);
    expect(Math.abs(Date.now() - until), text).toBeLessThan(1000);
  }
  expect(untils.size).toBe(3);
});

test("W23: the packet filter has as many rules for 100,000 blocks as for none", async () => {
  const firewall = ipset(4, namespace.run);
  const counts: number[] = [];
  for (const blocks of [0, 1000, 10_000, 100_000]) {
    const all = Array.from(
      { length: blocks },
      (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
    );
    const drop = () => new Map(all.map((network) => [network, 3000]));
    await firewall.reconcile({ drop, allow: ["198.51.100.0/24"] });
    expect((await firewall.list()).size).toBe(blocks);
    const rules = await must(namespace.run, "/usr/sbin/iptables", ["-S"]);
    counts.push(rules.split("\n").length);
  }
  expect(new Set(counts).size).toBe(1);
});

test("W24: 100 alerts in a second: all are blocked at once, in hosts.deny too, and none takes another for itself", async () => {
  await start();
  // Each is the beginning, or but for a dot the same, as another.
  const addresses = Array.from(
    { length: 100 },
    (_, n) => `1.${n < 50 ? 2 : 25}.3.${1 + (n % 50) * 5}`,
  );
  const begin = performance.now();
  const asked = addresses.flatMap((text) => [
    responder.ask(blockOf(text)),
    responder.ask(blockOf(text, { response: "host-deny" })),
  ]);
  expect((await Promise.all(asked)).filter(({ ok }) => !ok)).toEqual([]);
  const took = performance.now() - begin;
  process.stdout.write(`100 addresses blocked by both responses in ${took.toFixed(0)} ms\n`);
  expect(took).toBeLessThan(2000);
  expect([...(await inKernel()).keys()].sort()).toEqual([...addresses].sort());
  for (const text of addresses) expect(denied()).toContain(`ALL: ${text}\n`);
  expect(existsSync(`${paths.hostsDeny}.lock`)).toBe(false);
});
