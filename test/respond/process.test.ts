import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Paths } from "../../src/config/paths.ts";
import { connectResponder, type Responder } from "../../src/respond/client.ts";
import { ipset } from "../../src/respond/firewalls/ipset.ts";
import {
  addressOf,
  blockOf,
  createNamespace,
  ended,
  memoryLog,
  type Namespace,
  remove,
  scratch,
  startResponder,
} from "./machine.ts";

let namespace: Namespace;
let root: string;
let paths: Paths;
let responder: Responder;
let processes: ChildProcess[] = [];

beforeEach(async () => {
  ({ root, paths } = scratch(["198.51.100.0/24", "2001:db8:aa::77", "localhost"]));
  namespace = await createNamespace("process");
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

function start(within: Namespace | undefined = namespace) {
  const child = startResponder(root, within);
  processes.push(child);
  return child;
}

const live = async () => {
  const reply = await responder.ask({ verb: "list" }, 20_000);
  return reply.ok ? reply.blocks : [];
};
const journal = () => readFileSync(paths.activeResponsesLog, "utf8");

test("W9, W21: SIGKILL and restart: blocks stay, with the time that remains, and none is lost", async () => {
  const first = start();
  await responder.ask(blockOf("192.0.2.1", { seconds: 600 }));
  await responder.ask(blockOf("2001:db8:5::1", { seconds: 600 }));
  await responder.ask(blockOf("192.0.2.1", { response: "host-deny", seconds: 600 }));
  const before = await live();
  expect(before).toHaveLength(3);
  const saved = `${paths.respondState}/blocks.json`;
  await expect.poll(() => existsSync(saved) && readFileSync(saved, "utf8")).toContain("host-deny");
  first.kill("SIGKILL");
  await ended(first);

  // As after a power loss: the kernel has forgotten, the file has not.
  await namespace.run("/usr/sbin/ipset", ["flush"]);
  const asked = responder.ask(blockOf("192.0.2.2"));
  const second = start();
  expect(await asked).toMatchObject({ ok: true });
  expect((await live()).slice(0, 1)).toEqual(before.slice(0, 1));
  expect(await live()).toHaveLength(4);
  const left = (await ipset(4, namespace.run).list()).get("192.0.2.1") ?? 0;
  const due = ((before[0]?.until ?? 0) - Date.now()) / 1000;
  expect(Math.abs(left - due)).toBeLessThan(2);
  expect(second.said()).toMatch(/ready, 3 blocks in force/);
});

test("writes add and delete lines in OSSEC's format", async () => {
  start(undefined);
  await responder.ask(blockOf("192.0.2.241"), 20_000);
  await responder.ask({ verb: "unblock", address: addressOf("192.0.2.241") });
  await expect.poll(() => journal().split("\n").length).toBe(3);
  const rest = "- 192\\.0\\.2\\.241 1589749891\\.52882 300011\\n";
  const script = "/usr/lib/stockade/active-response/bin/firewall-drop\\.sh";
  const date = "\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\S+ \\d{4}";
  expect(journal()).toMatch(
    new RegExp(`^${date} ${script} add ${rest}${date} ${script} delete ${rest}$`),
  );
});

test.each([
  ["198.51.100.77", "198.51.100.0/24"],
  ["2001:db8:aa::666", "2001:db8:aa::77"],
  ["127.0.0.1", "localhost"],
])("refuses %s, which the white list covers by %s", async (text, named) => {
  start();
  await live();
  // The namespace has no resolver, but localhost is in /etc/hosts.
  const reply = await responder.ask(blockOf(text));
  expect(reply).toMatchObject({ ok: false, reason: expect.stringContaining(named) });
  expect(await live()).toEqual([]);
});

test("SIGHUP: a new white list lifts what it covers; a broken one changes nothing", async () => {
  const child = start();
  await responder.ask(blockOf("203.0.113.9"));
  expect(await live()).toHaveLength(1);
  writeFileSync(paths.respondSettings, JSON.stringify({ whiteList: ["203.0.113.0/24"] }));
  child.kill("SIGHUP");
  await expect.poll(live).toEqual([]);
  await expect.poll(async () => (await ipset(4, namespace.run).list()).size).toBe(0);

  writeFileSync(paths.respondSettings, '{"whiteList":"all of them"}');
  child.kill("SIGHUP");
  await expect.poll(() => child.said()).toMatch(/cannot use .*; the old settings stay/s);
  expect(await responder.ask(blockOf("203.0.113.9"))).toMatchObject({ ok: false });
});

test("SIGHUP: the packet filter is put right at once", async () => {
  const child = start();
  await responder.ask(blockOf("203.0.113.9"));
  await namespace.run("/usr/sbin/nft", ["flush", "ruleset"]);
  await namespace.run("/usr/sbin/ipset", ["flush", "stockade-allow4"]);
  child.kill("SIGHUP");
  const jumps = async () => await namespace.run("/usr/sbin/iptables", ["-S", "INPUT"]);
  await expect.poll(jumps).toMatchObject({ output: expect.stringContaining("-j STOCKADE") });
  const spared = async () => await namespace.run("/usr/sbin/ipset", ["save", "stockade-allow4"]);
  await expect.poll(spared).toMatchObject({ output: expect.stringContaining("198.51.100.0/24") });
  expect(child.said()).toMatch(/somebody changed this, put right: the list of the untouchables/);
});

test("only root and its group may open the socket, and there is one responder", async () => {
  const first = start(undefined);
  await live();
  expect(statSync(paths.respondSocket).mode & 0o777).toBe(0o660);
  const second = start(undefined);
  expect(await ended(second)).toBe(69);
  expect(second.said()).toMatch(/another process of ours answers/);
  first.kill("SIGKILL");
  await ended(first);
  start(undefined);
  expect(await live()).toEqual([]);
});

test("SIGTERM ends it cleanly and lifts nothing", async () => {
  const child = start();
  await responder.ask(blockOf("192.0.2.1"));
  child.kill("SIGTERM");
  expect(await ended(child)).toBe(0);
  expect((await ipset(4, namespace.run).list()).has("192.0.2.1")).toBe(true);
  expect(readFileSync(`${paths.respondState}/blocks.json`, "utf8")).toContain("192.0.2.1");
});

test("does not start without knowing the white list", async () => {
  writeFileSync(paths.respondSettings, "");
  const child = start(undefined);
  expect(await ended(child)).toBe(78);
  expect(child.said()).toMatch(/cannot use .*hint: .*stockade start/s);
});

test("a restart without a resolver: a name of the white list keeps its last addresses", async () => {
  const whiteList = ["localhost", "office.invalid"];
  writeFileSync(paths.respondSettings, JSON.stringify({ whiteList }));
  const file = `${paths.respondState}/names.json`;
  mkdirSync(paths.respondState, { recursive: true });
  const names = [
    { name: "office.invalid", addresses: ["203.0.113.25"] },
    { name: "left.invalid", addresses: ["203.0.113.26"] },
  ];
  writeFileSync(file, JSON.stringify({ version: 1, names }));
  start();
  expect(await responder.ask(blockOf("203.0.113.25"), 20_000)).toMatchObject({ ok: false });
  expect(await responder.ask(blockOf("203.0.113.26"))).toMatchObject({ ok: true });
  // What did resolve is there for the next time, what has left the white list is not.
  await expect.poll(() => readFileSync(file, "utf8"), { timeout: 20_000 }).toContain("localhost");
  expect(readFileSync(file, "utf8")).toContain("203.0.113.25");
  expect(readFileSync(file, "utf8")).not.toContain("left");
});

test("settings that are gone after a reboot: starts with the last good ones and says so", async () => {
  const first = start(undefined);
  await responder.ask(blockOf("203.0.113.9"), 20_000);
  first.kill("SIGTERM");
  await ended(first);
  rmSync(paths.respondSettings);
  const second = start(undefined);
  expect(await responder.ask(blockOf("198.51.100.77"), 20_000)).toMatchObject({ ok: false });
  expect(await live()).toHaveLength(1);
  expect(second.said()).toMatch(/cannot use .*respond\.json.*last good settings/s);
});

test("without ipset a block is a rule of its own, and whoever asks is told", async () => {
  // The namespace has mounts of its own.
  const hide = ["sh", "-c", 'mount --bind /dev/null /usr/sbin/ipset && exec "$@"', "sh"];
  processes.push(startResponder(root, namespace, undefined, hide));
  expect(await responder.ask(blockOf("192.0.2.1"), 20_000)).toMatchObject({ ok: true });
  expect(await namespace.run("/usr/sbin/iptables", ["-S", "STOCKADE"])).toMatchObject({
    output: expect.stringMatching(
      /-s 127\.0\.0\.0\/8 -j RETURN\n(.*\n)*.*-s 192\.0\.2\.1\/32 .*-j DROP/,
    ),
  });
  expect(await responder.ask({ verb: "list" })).toMatchObject({
    problems: [
      expect.stringMatching(/^ipset does not work: each block is a rule .* 5000 at the most/),
    ],
  });
  await responder.ask({ verb: "unblock", address: addressOf("192.0.2.1") });
  expect(await namespace.run("/usr/sbin/iptables", ["-S", "STOCKADE"])).not.toMatchObject({
    output: expect.stringContaining("192.0.2.1"),
  });
});

test("20,000 blocks asked for at once are all in force", async () => {
  start();
  await live();
  const addresses = Array.from({ length: 20_000 }, (_, n) => `10.1.${n >> 8}.${n & 255}`);
  const begin = performance.now();
  const replies = await Promise.all(addresses.map((text) => responder.ask(blockOf(text))));
  const took = performance.now() - begin;
  process.stdout.write(`20,000 blocks through the socket in ${took.toFixed(0)} ms\n`);
  expect(replies.filter(({ ok }) => !ok)).toEqual([]);
  expect((await ipset(4, namespace.run).list()).size).toBe(20_000);
});
