import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Network, parseNetwork } from "../../../src/core/network.ts";
import type { Firewall } from "../../../src/respond/firewall.ts";
import { ipset } from "../../../src/respond/firewalls/ipset.ts";
import { nullFirewall } from "../../../src/respond/firewalls/null.ts";
import { plainRules } from "../../../src/respond/firewalls/plain-rules.ts";
import { maxPlainRules } from "../../../src/respond/firewalls/rule-list.ts";
import type { Run } from "../../../src/respond/run.ts";
import { createNamespace, must, type Namespace } from "../machine.ts";

let namespace: Namespace;
let other: Namespace;
beforeAll(async () => {
  namespace = await createNamespace("contract");
  other = await createNamespace("plain");
});
afterAll(() => Promise.all([namespace.remove(), other.remove()]));

const inside: Run = (program, args, input) => namespace.run(program, args, input);
const apart: Run = (program, args, input) => other.run(program, args, input);
const networks = {
  4: (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
  6: (n: number) => `2001:db8:${(n + 1).toString(16)}::/64`,
};

function networkIn(text: string): Network {
  const network = parseNetwork(text);
  if (!network) throw new Error(`no network: ${text}`);
  return network;
}

describe.each<[string, Firewall]>([
  ["ipset, IPv4", ipset(4, inside)],
  ["ipset, IPv6", ipset(6, inside)],
  ["plain rules, IPv4", plainRules(4, apart)],
  ["plain rules, IPv6", plainRules(6, apart)],
  ["null, IPv4", nullFirewall(4, () => undefined)],
  ["null, IPv6", nullFirewall(6, () => undefined)],
])("%s", (_name, firewall) => {
  const nth = networks[firewall.family];

  const reconcile = (drop: readonly (readonly [string, number])[], allow?: readonly string[]) =>
    firewall.reconcile({ drop: () => new Map(drop), allow });

  test("preparing again changes nothing", async () => {
    await reconcile([]);
    expect(await reconcile([])).toEqual([]);
    expect(await firewall.list()).toEqual(new Map());
  });

  test("takes networks of any size, one in the other", async () => {
    const wide = firewall.family === 4 ? ["10.0.0.0/8", "10.1.2.0/24"] : ["2001:db8::/32"];
    await reconcile([], wide);
    expect(await reconcile([], wide)).toEqual([]);
    await firewall.apply(
      [...wide, nth(1)].map((network) => ({ verb: "add", network, seconds: 9 })),
    );
    expect([...(await firewall.list()).keys()].sort()).toEqual([...wide, nth(1)].sort());
    await reconcile([], []);
    expect(await firewall.list()).toEqual(new Map());
  });

  test("puts right what is missing, what has another end, and what is nobody's", async () => {
    const wanted = [1, 2, 3].map((n) => [nth(n), 500] as const);
    await reconcile(wanted);
    await firewall.apply([
      { verb: "delete", network: nth(1) },
      { verb: "add", network: nth(2), seconds: 5000 },
      { verb: "add", network: nth(9), seconds: 5000 },
    ]);
    expect((await reconcile(wanted)).map((text) => text.replace(/ \(IPv.\)/, ""))).toEqual([
      "1 missing block",
      "1 wrong end",
      "1 block of nobody's",
    ]);
    expect(await reconcile(wanted)).toEqual([]);
    const list = await firewall.list();
    expect([...list.keys()].sort()).toEqual(wanted.map(([network]) => network));
    expect(Math.max(...list.values())).toBeLessThanOrEqual(500);
    await reconcile([]);
  });

  test("adds, sets the time anew and deletes", async () => {
    await firewall.apply([{ verb: "add", network: nth(1), seconds: 100 }]);
    await firewall.apply([{ verb: "add", network: nth(1), seconds: 1000 }]);
    const left = (await firewall.list()).get(nth(1)) ?? 0;
    expect(left).toBeGreaterThan(990);
    expect(left).toBeLessThanOrEqual(1000);
    await firewall.apply([
      { verb: "delete", network: nth(1) },
      { verb: "delete", network: nth(2) },
    ]);
    expect(await firewall.list()).toEqual(new Map());
  });

  test("a network and an address in it are two entries", async () => {
    const wide = firewall.family === 4 ? "10.0.0.0/20" : "2001:db8::/40";
    const both = [wide, nth(1)];
    await firewall.apply(both.map((network) => ({ verb: "add", network, seconds: 100 })));
    expect([...(await firewall.list()).keys()].sort()).toEqual(both.sort());
    await firewall.apply([{ verb: "delete", network: wide }]);
    expect([...(await firewall.list()).keys()]).toEqual([nth(1)]);
    await firewall.apply([{ verb: "delete", network: nth(1) }]);
  });

  test("what holds an address, or lies in a network, is found", async () => {
    const isFour = firewall.family === 4;
    const wide = isFour ? "10.0.0.0/20" : "2001:db8::/40";
    await firewall.apply(
      [wide, nth(1), nth(2)].map((network) => ({ verb: "add", network, seconds: 100 })),
    );
    const find = async (...some: string[]) =>
      [...(await firewall.find(some.map(networkIn))).keys()].sort();
    const other = isFour ? "10.99.0.1" : "2001:db9:9::/64";
    expect(await find(nth(1))).toEqual([wide, nth(1)].sort());
    expect(await find(other)).toEqual([]);
    expect(await find(other, nth(2))).toEqual([wide, nth(2)].sort());
    expect(await find(isFour ? "10.0.0.0/8" : "2001:db8::/32")).toEqual(
      [wide, nth(1), nth(2)].sort(),
    );
    await firewall.apply([wide, nth(1), nth(2)].map((network) => ({ verb: "delete", network })));
    expect(await find(nth(1))).toEqual([]);
  });

  test("an entry ends by itself", async () => {
    await firewall.apply([{ verb: "add", network: nth(3), seconds: 2 }]);
    expect((await firewall.list()).has(nth(3))).toBe(true);
    await expect
      .poll(async () => (await firewall.list()).has(nth(3)), { timeout: 5000 })
      .toBe(false);
  });

  test("the longest time is taken", async () => {
    await firewall.apply([{ verb: "add", network: nth(4), seconds: 2_147_483 }]);
    expect((await firewall.list()).get(nth(4))).toBeGreaterThan(2_147_400);
    await firewall.apply([{ verb: "delete", network: nth(4) }]);
  });

  const many = firewall.name === "plain rules" ? maxPlainRules : 20_000;
  test(`${many} changes at once`, async () => {
    const all = Array.from({ length: many }, (_, n) => nth(n));
    const start = performance.now();
    await firewall.apply(all.map((network) => ({ verb: "add", network, seconds: 300 })));
    const took = performance.now() - start;
    process.stdout.write(
      `${firewall.name}, IPv${firewall.family}: ${many} at once in ${took.toFixed(0)} ms\n`,
    );
    expect(new Set((await firewall.list()).keys())).toEqual(new Set(all));
  });
});

test.each([
  [4, "/usr/sbin/iptables"],
  [6, "/usr/sbin/ip6tables"],
] as const)("jumps first from INPUT and FORWARD, IPv%s", async (family, iptables) => {
  await must(inside, iptables, [
    "-I",
    "INPUT",
    "-m",
    "conntrack",
    "--ctstate",
    "ESTABLISHED",
    "-j",
    "ACCEPT",
  ]);
  await ipset(family, inside).reconcile({ drop: () => new Map(), allow: [] });
  for (const chain of ["INPUT", "FORWARD"]) {
    const rules = (await must(inside, iptables, ["-S", chain])).split("\n");
    expect(rules[1]).toBe(`-A ${chain} -j STOCKADE`);
    expect(rules.filter((rule) => rule.includes("STOCKADE"))).toHaveLength(1);
  }
});

test("says why when it has no right to the firewall", async () => {
  const weak: Run = (program, args, input) =>
    namespace.run(
      "/usr/bin/setpriv",
      ["--bounding-set=-net_admin", "--inh-caps=-net_admin", program, ...args],
      input,
    );
  await expect(ipset(4, weak).reconcile({ drop: () => new Map(), allow: [] })).rejects.toThrow(
    /ipset|iptables/,
  );
});
