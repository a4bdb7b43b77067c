import { afterEach, beforeEach, expect, test } from "vitest";
import { firstWorking } from "../../../src/respond/firewalls/first-working.ts";
import { ipset } from "../../../src/respond/firewalls/ipset.ts";
import { plainRules } from "../../../src/respond/firewalls/plain-rules.ts";
import type { Run } from "../../../src/respond/run.ts";
import { createNamespace, memoryLog, must, type Namespace } from "../machine.ts";

let namespace: Namespace;
beforeEach(async () => {
  namespace = await createNamespace("plain-rules");
});
afterEach(() => namespace.remove());

const chain = () => must(namespace.run, "/usr/sbin/iptables", ["-S", "STOCKADE"]);
const wanted = (seconds = 300) => ({
  drop: () => new Map([["192.0.2.1", seconds]]),
  allow: ["198.51.100.0/24"],
});

test("the kernel is told the end of each block, in UTC", async () => {
  await plainRules(4, namespace.run).reconcile(wanted());
  const [, spared, dropped = ""] = (await chain()).split("\n");
  expect(spared).toBe("-A STOCKADE -s 198.51.100.0/24 -j RETURN");
  const stop = /^-A STOCKADE -s 192\.0\.2\.1\/32 -m time --datestop (\S+) -j DROP$/.exec(
    dropped,
  )?.[1];
  expect(Math.abs(Date.parse(`${stop}Z`) - Date.now() - 300_000)).toBeLessThan(5000);
});

test("without xt_time the end is only noted, and what is over is swept at the next look", async () => {
  const poor: Run = async (program, args, input) =>
    input?.includes("-m time")
      ? { ok: false, reason: "Extension time revision 0 not supported, missing kernel module?" }
      : await namespace.run(program, args, input);
  const firewall = plainRules(4, poor);
  await firewall.reconcile(wanted(1));
  expect(await chain()).toMatch(/-s 192\.0\.2\.1\/32 -m comment --comment "stockade until \d+"/);
  await expect.poll(async () => (await firewall.list()).size, { timeout: 4000 }).toBe(0);
  // As a process does that begins now.
  await plainRules(4, poor).reconcile({ drop: () => new Map(), allow: undefined });
  expect(await chain()).not.toContain("192.0.2.1");
});

test("rules of somebody else in our chain go, our own keep their ends", async () => {
  const firewall = plainRules(4, namespace.run);
  await firewall.reconcile(wanted());
  const before = await chain();
  await must(namespace.run, "/usr/sbin/iptables", ["-I", "STOCKADE", "-j", "RETURN"]);
  expect(await firewall.reconcile(wanted())).toEqual(["chain STOCKADE (IPv4)"]);
  expect(await chain()).toBe(before);
});

test("whom never to drop is read in the turn: a list that came meanwhile is not replaced by that of before", async () => {
  const firewall = plainRules(4, namespace.run);
  await firewall.reconcile(wanted());
  const lists = { now: ["198.51.100.0/24"] };
  const asked = {
    drop: () => new Map<string, number>(),
    get allow() {
      return lists.now;
    },
  };
  const comparing = firewall.reconcile(asked, {
    hasChanged: () => false,
    take: async (work) => {
      lists.now = ["203.0.113.0/24"];
      await firewall.allow(lists.now);
      return await work();
    },
  });
  await comparing;
  expect(await chain()).toContain("-A STOCKADE -s 203.0.113.0/24 -j RETURN");
  expect(await chain()).not.toContain("198.51.100.0/24");
});

test("ipset comes and goes: the best that works is taken, the block stays, and it is said", async () => {
  let isMissing = true;
  const missing = "/usr/sbin/ipset: spawn /usr/sbin/ipset ENOENT";
  const some: Run = async (program, args, input) =>
    isMissing && program.endsWith("ipset")
      ? { ok: false, reason: missing }
      : await namespace.run(program, args, input);
  const log = memoryLog();
  const firewall = firstWorking(ipset(4, some), plainRules(4, some), "it costs", log);
  await firewall.reconcile(wanted());
  expect(firewall.shortcoming?.()).toBe(`ipset does not work: it costs (${missing})`);
  await firewall.apply([{ verb: "add", network: "192.0.2.2", seconds: 300 }]);
  expect(await chain()).toContain("-s 192.0.2.2/32 ");
  isMissing = false;
  const both = { ...wanted(), drop: () => new Map([1, 2].map((n) => [`192.0.2.${n}`, 300])) };
  await firewall.reconcile(both);
  expect(firewall.shortcoming?.()).toBeUndefined();
  expect(await chain()).toContain("--match-set stockade4 src -j DROP");
  expect([...(await firewall.list()).keys()].sort()).toEqual(["192.0.2.1", "192.0.2.2"]);
  isMissing = true;
  await firewall.reconcile(both);
  expect(await chain()).toContain("-s 192.0.2.2/32 ");
  expect(log.lines).toEqual([
    `IPv4: ipset does not work: it costs (${missing})`,
    "IPv4: ipset works again",
    `IPv4: ipset does not work: it costs (${missing})`,
  ]);
});

test("where nothing works the reason is that of the best", async () => {
  const none: Run = async (program) => ({ ok: false, reason: `${program}: no` });
  const firewall = firstWorking(ipset(4, none), plainRules(4, none), "it costs", memoryLog());
  await expect(firewall.reconcile(wanted())).rejects.toThrow("/usr/sbin/ipset: no");
});
