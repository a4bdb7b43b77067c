import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { firewallDrop } from "../../../src/respond/firewall-drop.ts";
import { firstWorking } from "../../../src/respond/firewalls/first-working.ts";
import { ipset } from "../../../src/respond/firewalls/ipset.ts";
import { plainRules } from "../../../src/respond/firewalls/plain-rules.ts";
import type { Run } from "../../../src/respond/run.ts";
import { createNamespace, memoryLog, must, type Namespace } from "../machine.ts";

let namespace: Namespace;
beforeEach(async () => {
  namespace = await createNamespace("ipset");
});
afterEach(() => namespace.remove());

const tool = (name: string, ...args: string[]) => must(namespace.run, `/usr/sbin/${name}`, args);
const wanted = { drop: () => new Map([["192.0.2.1", 300]]), allow: ["198.51.100.0/24"] };

/** Whether the rules drop what is in a set, as the kernel has it at the moment. */
async function dropsFrom(): Promise<string> {
  const rules = await tool("iptables", "-S", "STOCKADE");
  const set = /--match-set (\S+) src -j DROP/.exec(rules)?.[1] ?? "none";
  return await tool("ipset", "save", set);
}

test("a set of an older layout is replaced, and the block is in force after every single step", async () => {
  const old = ["stockade4", "hash:ip", "family", "inet", "timeout", "0", "maxelem", "65536"];
  await tool("ipset", "create", ...old);
  await tool("ipset", "add", "stockade4", "192.0.2.1", "timeout", "300");
  await tool("iptables", "-N", "STOCKADE");
  await tool("iptables", "-A", "STOCKADE", ...setRule("stockade4"));
  await tool("iptables", "-I", "INPUT", "-j", "STOCKADE");
  let steps = 0;
  const watched: Run = async (program, args, input) => {
    const ran = await namespace.run(program, args, input);
    expect(await dropsFrom()).toMatch(/^add \S+ 192\.0\.2\.1 timeout (29\d|300)$/m);
    steps += 1;
    return ran;
  };
  const firewall = ipset(4, watched);
  expect(await firewall.reconcile(wanted)).toContain("the old layout of set stockade4 (IPv4)");
  expect(steps).toBeGreaterThan(5);
  expect(await tool("ipset", "-n", "list")).toBe("stockade-allow4\nstockade4\n");
  expect(await tool("ipset", "save", "stockade4")).toMatch(/^create stockade4 hash:net /);
  expect(await firewall.reconcile(wanted)).toEqual([]);
});

function setRule(set: string): string[] {
  return ["-m", "set", "--match-set", set, "src", "-j", "DROP"];
}

test.each([
  ["a smaller set", "create stockade4 hash:net family inet maxelem 64 timeout 0\n"],
  ["a set without timeouts", "create stockade4 hash:net family inet maxelem 131072\n"],
  [
    "what a killed process left",
    "create stockade-allow4-new hash:ip\ncreate stockade4-new list:set\n",
  ],
])("%s is no obstacle", async (_title, script) => {
  await namespace.run("/usr/sbin/ipset", ["restore"], script);
  const firewall = ipset(4, namespace.run);
  await firewall.reconcile(wanted);
  expect(await firewall.reconcile(wanted)).toEqual([]);
  expect((await firewall.list()).get("192.0.2.1")).toSatisfy((left) => left > 290 && left <= 300);
  expect(await tool("ipset", "-n", "list")).toBe("stockade-allow4\nstockade4\n");
});

test("an entry without an end is given one", async () => {
  const firewall = ipset(4, namespace.run);
  await firewall.reconcile(wanted);
  await tool("ipset", "-exist", "add", "stockade4", "192.0.2.1", "timeout", "0");
  expect(await firewall.reconcile(wanted)).toEqual(["1 wrong end (IPv4)"]);
  expect((await firewall.list()).get("192.0.2.1")).toSatisfy((left) => left > 290 && left <= 300);
});

test("what others change while it is compared is left to them", async () => {
  const firewall = ipset(4, namespace.run);
  await firewall.reconcile(wanted);
  await tool("ipset", "del", "stockade4", "192.0.2.1");
  await tool("ipset", "add", "stockade4", "192.0.2.200", "timeout", "100");
  const turn = { take: <R>(work: () => Promise<R>) => work(), hasChanged: () => true };
  expect(await firewall.reconcile(wanted, turn)).toEqual([]);
  expect([...(await firewall.list()).keys()]).toEqual(["192.0.2.200"]);
  expect(await firewall.reconcile(wanted)).toEqual([
    "1 missing block (IPv4)",
    "1 block of nobody's (IPv4)",
  ]);
});

test("a list of the untouchables that others have put in place meanwhile stays", async () => {
  let allow = ["198.51.100.0/24"];
  const all = {
    drop: wanted.drop,
    get allow() {
      return allow;
    },
  };
  const firewall = ipset(4, namespace.run);
  await firewall.reconcile(all);
  const others = {
    async take<R>(work: () => Promise<R>) {
      allow = ["203.0.113.0/24"];
      await firewall.allow(allow);
      return work();
    },
    hasChanged: () => false,
  };
  await tool("ipset", "flush", "stockade-allow4");
  expect(await firewall.reconcile(all, others)).toEqual([]);
  expect(await tool("ipset", "save", "stockade-allow4")).toContain("203.0.113.0/24");
});

test("a machine that is too busy keeps the blocks as they are, and takes more", async () => {
  let isBusy = false;
  const busy: Run = (program, args, input) =>
    isBusy && args[0] === "save"
      ? Promise.resolve({ ok: false, reason: "took longer than 10 seconds", isLate: true })
      : namespace.run(program, args, input);
  const log = memoryLog();
  const response = firewallDrop(
    firstWorking(ipset(4, busy), plainRules(4, busy), "it costs more", log),
    Date.now,
    log,
  );
  await response.reconcile(() => []);
  isBusy = true;
  expect(await response.reconcile(() => [])).toEqual([]);
  expect(response.refusal()).toBeUndefined();
  expect(response.shortcoming?.()).toBeUndefined();
  expect(log.lines.at(-1)).toBe(
    "firewall-drop for IPv4 was not compared: took longer than 10 seconds",
  );
});

test("a year is begun with what the kernel can count", async () => {
  const firewall = ipset(6, namespace.run);
  const long = { drop: () => new Map([["2001:db8::/64", 31_536_000]]), allow: [] };
  await firewall.reconcile(long);
  expect((await firewall.list()).get("2001:db8::/64")).toBeGreaterThan(2_147_000);
  expect(await firewall.reconcile(long)).toEqual([]);
});

test("100,000 networks fit in, and are compared in good time", async () => {
  const firewall = ipset(4, namespace.run);
  const many = Array.from(
    { length: 100_000 },
    (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
  );
  const until = performance.now() + 3_000_000;
  const left = () => Math.ceil((until - performance.now()) / 1000);
  const all = { drop: () => new Map(many.map((network) => [network, left()])), allow: [] };
  // On a busy machine it takes seconds to tell the kernel, and what it counts is then put right.
  await firewall.reconcile(all);
  await firewall.reconcile(all);
  const start = performance.now();
  const gaps = watchGaps();
  expect(await firewall.reconcile(all)).toEqual([]);
  const took = performance.now() - start;
  const longest = gaps.longest();
  process.stdout.write(
    `100,000 blocks compared in ${took.toFixed(0)} ms, ${longest.toFixed(0)} at a time\n`,
  );
  expect(longest).toBeLessThan(took / 2);
  expect((await firewall.list()).size).toBe(100_000);
});

/** For how long nobody else had a turn. */
function watchGaps() {
  let [last, longest] = [performance.now(), 0];
  const look = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  };
  const timer = setInterval(look, 1);
  return {
    longest() {
      clearInterval(timer);
      look();
      return longest;
    },
  };
}

test.each([
  ["nft", "legacy"],
  ["legacy", "nft"],
])(
  "iptables is switched from %s to %s: the rules move, and those in the old table go",
  async (from, to) => {
    const folder = mkdtempSync(join(tmpdir(), "sbin-"));
    const point = (kind: string) => {
      for (const name of ["iptables", "iptables-restore"]) {
        rmSync(join(folder, name), { force: true });
        symlinkSync(
          `/usr/sbin/${name.replace("iptables", `iptables-${kind}`)}`,
          join(folder, name),
        );
      }
    };
    for (const name of ["ipset", "iptables-nft", "iptables-legacy"]) {
      symlinkSync(`/usr/sbin/${name}`, join(folder, name));
      if (name !== "ipset")
        symlinkSync(`/usr/sbin/${name}-restore`, join(folder, `${name}-restore`));
    }
    try {
      point(from);
      const firewall = ipset(4, namespace.run, folder);
      await firewall.reconcile(wanted);
      expect(await tool(`iptables-${from}`, "-S", "INPUT")).toContain("-j STOCKADE");
      expect(await firewall.reconcile(wanted)).toEqual([]);
      point(to);
      expect(await firewall.reconcile(wanted)).toEqual([
        "chain STOCKADE (IPv4)",
        "first rule of INPUT (IPv4)",
        "first rule of FORWARD (IPv4)",
        `what was left in iptables-${from} (IPv4)`,
      ]);
      expect(await tool(`iptables-${from}`, "-S")).not.toContain("STOCKADE");
      expect(await tool(`iptables-${to}`, "-S", "INPUT")).toContain("-A INPUT -j STOCKADE");
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test("the legacy table is not created by looking into it", async () => {
  await ipset(4, namespace.run).reconcile(wanted);
  expect(await must(namespace.run, "/usr/bin/cat", ["/proc/net/ip_tables_names"])).toBe("");
});
