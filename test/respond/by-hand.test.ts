import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keepList } from "../../src/config/untouchables/kept-list.ts";
import { type BanRequest, blockable, type Request } from "../../src/core/block.ts";
import { parseNetwork } from "../../src/core/network.ts";
import { answer } from "../../src/respond/answer.ts";
import { Blocks } from "../../src/respond/blocks.ts";
import { blocksFile } from "../../src/respond/blocks-file.ts";
import { firewallDrop } from "../../src/respond/firewall-drop.ts";
import { nullFirewall } from "../../src/respond/firewalls/null.ts";
import { createGuard } from "../../src/respond/guard.ts";
import { hostDeny } from "../../src/respond/host-deny.ts";
import { openSessions } from "../../src/respond/sessions.ts";
import { addressOf, blockOf, memoryLog, remove, scratch } from "./machine.ts";

let root: string;
let opened: Blocks[] = [];

beforeEach(() => {
  root = scratch().root;
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((blocks) => blocks.close()));
  remove(root);
});

/** A machine without addresses, routes and resolvers. */
const nothingHere = {
  interfaces: () => [],
  routes: async () => ({ v4: "", v6: "" }),
  resolvConf: async () => "",
  items: async () => [],
  resolve: async () => [],
};
const nobody = { untouchables: () => [], replace: async () => {} };
const refresh = async () => [];

async function started(whiteList: readonly string[] = []) {
  const log = memoryLog();
  const firewalls = ([4, 6] as const).map((family) => nullFirewall(family, () => undefined));
  const list = keepList({ facts: nothingHere, log });
  const sessions = await openSessions(join(root, "sessions.json"), Date.now, log);
  await list.refresh(whiteList);
  const clocks = { wall: Date.now, monotonic: () => performance.now() };
  const blocks = new Blocks({
    responses: [
      ...firewalls.map((one) => firewallDrop(one, clocks.wall, log)),
      hostDeny(join(root, "etc/hosts.deny")),
    ],
    guard: createGuard(list, sessions),
    guardOfBans: createGuard(list, nobody),
    file: blocksFile(join(root, "blocks.json"), log),
    journal: { write: async () => undefined },
    clocks,
    log,
  });
  opened.push(blocks);
  await blocks.restore();
  const dropped = async () =>
    (await Promise.all(firewalls.map((one) => one.list()))).flatMap((list) => [...list.keys()]);
  const ban = (network: string, more: Partial<BanRequest> = {}) =>
    blocks.block({
      verb: "ban",
      request: 1,
      response: "firewall-drop",
      network: blockable(network)?.text ?? "",
      seconds: 3600,
      by: "alice",
      why: "crawls all night",
      ...more,
    });
  const lift = (network: string) => blocks.lift({ network: blockable(network)?.text ?? "" }, true);
  const means = { blocks, sessions, refresh, log, tell: () => {} };
  return { blocks, dropped, ban, lift, log, firewalls, list, means };
}

const networks = (blocks: readonly { readonly network: string }[]) =>
  blocks.map(({ network }) => network);

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["192.0.2.7/24", "192.0.2.0/24"],
  ["2001:db8::7", "2001:db8::/64"],
  ["2001:db8::7/127", "2001:db8::/64"],
  ["2001:db8::7/48", "2001:db8::/48"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
])("%s is kept out as %s", (text, network) => {
  expect(blockable(text)?.text).toBe(network);
});

describe("a ban by hand", () => {
  test("keeps a network out, says who and why, and survives a restart", async () => {
    const { blocks, ban, dropped } = await started();
    expect(await ban("192.0.2.7/24")).toMatchObject({ ok: true });
    expect(await dropped()).toEqual(["192.0.2.0/24"]);
    const shown = {
      network: "192.0.2.0/24",
      by: "alice",
      why: "crawls all night",
      rule: 0,
      count: 1,
    };
    expect(blocks.list()).toMatchObject([shown]);
    await blocks.close();
    const later = await started();
    expect(later.blocks.list()).toMatchObject([shown]);
    expect(await later.dropped()).toEqual(["192.0.2.0/24"]);
  });

  test.each([
    ["198.51.100.7", "198.51.100.7 is never blocked: white list (198.51.100.0/24)"],
    ["198.51.0.0/16", "198.51.0.0/16 is never blocked: white list (198.51.100.0/24)"],
    ["126.0.0.0/7", "126.0.0.0/7 is never blocked: loopback (127.0.0.0/8)"],
    ["2001:db8:1::/48", "2001:db8:1::/48 is never blocked: white list (2001:db8:1:2::1)"],
  ])("of %s, which holds something untouchable, is refused", async (network, reason) => {
    const { ban, dropped } = await started(["198.51.100.0/24", "2001:db8:1:2::1"]);
    expect(await ban(network)).toEqual({ ok: false, reason, isRight: true });
    expect(await dropped()).toEqual([]);
  });

  test("of a network is not for hosts.deny, of an address it is", async () => {
    const { ban } = await started();
    expect(await ban("192.0.2.0/24", { response: "host-deny" })).toEqual({
      ok: false,
      reason: "host-deny takes one address, not 192.0.2.0/24: use firewall-drop",
    });
    expect(await ban("192.0.2.7", { response: "host-deny" })).toMatchObject({ ok: true });
    expect(await ban("2001:db8::7", { response: "host-deny" })).toMatchObject({ ok: true });
    expect(readFileSync(join(root, "etc/hosts.deny"), "utf8")).toContain(
      "ALL: 192.0.2.7\nALL: [2001:db8::]/64\n",
    );
  });

  test("is not taken back by the daemon, not even where a rule asked first", async () => {
    const { blocks, ban, dropped } = await started();
    await blocks.block(blockOf("192.0.2.7"));
    await ban("192.0.2.7");
    await blocks.block(blockOf("192.0.2.7"));
    expect(blocks.list()).toMatchObject([{ rule: 300011, by: "alice", count: 3 }]);
    expect(await blocks.unblock(addressOf("192.0.2.7"))).toEqual([]);
    expect(await blocks.lift({ rule: 300011 }, true)).toMatchObject({ lifted: [] });
    expect(await dropped()).toEqual(["192.0.2.7"]);
    expect((await blocks.lift({ all: true }, true)).lifted).toHaveLength(1);
    expect(await dropped()).toEqual([]);
  });

  test("ends when something of it becomes untouchable", async () => {
    const { blocks, ban, list, dropped } = await started();
    for (const one of ["192.0.2.0/24", "203.0.113.0/24"]) await ban(one);
    await list.refresh(["192.0.2.200"]);
    await blocks.liftUntouchable();
    expect(await dropped()).toEqual(["203.0.113.0/24"]);
  });

  test("is not the daemon's to end: by no lifting, no protection and no refresh", async () => {
    const { blocks, ban, dropped, means } = await started();
    await ban("20.0.0.0/16");
    await ban("192.0.2.7");
    await blocks.block(blockOf("192.0.2.7"));
    await blocks.block(blockOf("192.0.2.8"));
    const ask = (more: object) =>
      answer({ request: 1, ...more } as Request, { ...means, isRoot: false });
    const byDaemon = [
      { verb: "lift", what: { network: "20.0.0.0/16" } },
      { verb: "lift", what: { network: "20.0.0.0/8" } },
      { verb: "lift", what: { network: "192.0.2.7" } },
      { verb: "lift", what: { rule: 0 } },
      { verb: "lift", what: { all: true } },
      { verb: "protect", sessions: [{ address: "20.0.1.1", seconds: 600 }] },
      { verb: "protect", sessions: [{ address: "192.0.2.7", seconds: 600 }] },
      { verb: "refresh" },
    ];
    for (const more of byDaemon) {
      await ask(more);
      expect(await dropped()).toContain("20.0.0.0/16");
      expect(await dropped()).toContain("192.0.2.7");
    }
    expect(await dropped()).toHaveLength(2);
    expect(await ask({ verb: "lift", what: { all: true } })).toMatchObject({
      blocks: [],
      remaining: [{ network: "20.0.0.0/16" }, { network: "192.0.2.7" }],
    });
    await blocks.close();
    expect(networks((await started()).blocks.list())).toEqual(["20.0.0.0/16", "192.0.2.7"]);
  });

  test("ends by root's word, with what rules wanted, also where somebody is logged in", async () => {
    const { blocks, ban, dropped, means } = await started();
    await ban("20.0.0.0/16");
    await blocks.block(blockOf("192.0.2.8"));
    await answer(
      { verb: "protect", request: 1, sessions: [{ address: addressOf("20.0.1.1"), seconds: 60 }] },
      { ...means, isRoot: false },
    );
    const all = { verb: "lift", request: 1, what: { all: true } } as const;
    expect(await answer(all, { ...means, isRoot: true })).toMatchObject({ remaining: [] });
    expect(await dropped()).toEqual([]);
    expect(await ban("20.0.0.0/16")).toMatchObject({ ok: false });
  });

  test("is for root's socket alone", async () => {
    const { means } = await started();
    const request = {
      verb: "ban",
      request: 7,
      response: "firewall-drop",
      network: "192.0.2.0/24",
      seconds: 60,
      by: "x",
      why: "",
    } as const;
    expect(await answer(request, { ...means, isRoot: false })).toEqual({
      request: 7,
      ok: false,
      reason: "only root may ban by hand",
    });
    expect(await answer(request, { ...means, isRoot: true })).toMatchObject({ ok: true });
  });
});

describe("lifting", () => {
  test("an address in a banned network goes on being blocked, and that is said", async () => {
    const { blocks, ban, lift, dropped } = await started();
    await ban("192.0.2.0/24");
    await blocks.block(blockOf("192.0.2.7"));
    const { lifted, remaining } = await lift("192.0.2.7");
    expect(networks(lifted)).toEqual(["192.0.2.7"]);
    expect(networks(remaining)).toEqual(["192.0.2.0/24"]);
    expect(await lift("192.0.2.8")).toMatchObject({
      lifted: [],
      remaining: [{ network: "192.0.2.0/24" }],
    });
    expect(await dropped()).toEqual(["192.0.2.0/24"]);
  });

  test("a network lifts all that lies within it", async () => {
    const { blocks, ban, lift, dropped } = await started();
    for (const one of ["20.1.2.0/24", "20.1.0.0/16", "20.1.2.128/25"]) await ban(one);
    for (const one of ["20.1.2.7", "20.1.3.7"]) await blocks.block(blockOf(one));
    const { lifted, remaining } = await lift("20.1.2.0/24");
    expect(networks(lifted).sort()).toEqual(["20.1.2.0/24", "20.1.2.128/25", "20.1.2.7"]);
    expect(networks(remaining)).toEqual(["20.1.0.0/16"]);
    expect((await dropped()).sort()).toEqual(["20.1.0.0/16", "20.1.3.7"]);
  });

  test("a rule's blocks end in all responses, the others stay", async () => {
    const { blocks } = await started();
    await blocks.block(blockOf("192.0.2.1"));
    await blocks.block(blockOf("192.0.2.1", { response: "host-deny" }));
    await blocks.block(blockOf("192.0.2.2", { rule: 5712 }));
    expect((await blocks.lift({ rule: 300011 }, true)).lifted).toHaveLength(2);
    expect(networks(blocks.list())).toEqual(["192.0.2.2"]);
  });

  test("what nobody knows of here is lifted in the kernel all the same", async () => {
    const { lift, dropped, firewalls } = await started();
    await firewalls[0]?.apply([{ verb: "add", network: "192.0.2.0/24", seconds: 60 }]);
    expect(await lift("192.0.2.0/24")).toEqual({ lifted: [], remaining: [] });
    expect(await dropped()).toEqual([]);
  });

  test("20,000 blocks are lifted in one request, and everybody hears of it", async () => {
    const { blocks, dropped, means } = await started();
    const all = Array.from({ length: 20_000 }, (_, n) => `20.0.${n >> 8}.${n & 255}`);
    await Promise.all(all.map((text) => blocks.block(blockOf(text))));
    const told: unknown[] = [];
    const begun = performance.now();
    const reply = await answer(
      { verb: "lift", request: 1, what: { all: true } },
      { ...means, isRoot: false, tell: (notice) => void told.push(notice) },
    );
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(reply.ok && reply.blocks.length).toBe(20_000);
    expect(told).toEqual([{ lifted: "all" }]);
    expect(await dropped()).toEqual([]);
  });
});

test("a look says what is in force, what the system holds, and what is untouchable", async () => {
  const { blocks, ban } = await started(["198.51.100.0/24"]);
  await blocks.block(blockOf("192.0.2.7"));
  await blocks.block(blockOf("192.0.2.7", { response: "host-deny" }));
  await ban("192.0.2.0/24");
  const look = (text: string) => blocks.look(parseNetwork(text) ?? never());
  const seen = await look("192.0.2.7");
  expect(networks(seen.blocks)).toEqual(["192.0.2.7", "192.0.2.0/24", "192.0.2.7"]);
  expect(seen.held).toEqual([
    { response: "firewall-drop", network: "192.0.2.7", seconds: 300 },
    { response: "firewall-drop", network: "192.0.2.0/24", seconds: 3600 },
    { response: "host-deny", network: "192.0.2.7" },
  ]);
  expect(networks((await look("192.0.2.8")).held)).toEqual(["192.0.2.0/24"]);
  expect(await look("192.0.3.8")).toMatchObject({ blocks: [], held: [] });
  expect((await look("198.51.100.3")).untouchable).toContain("white list (198.51.100.0/24)");
});

function never(): never {
  throw new Error("no network");
}
