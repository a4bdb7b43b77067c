import type { ChildProcess } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Paths } from "../../src/config/paths.ts";
import type { Block } from "../../src/core/block.ts";
import { connectResponder, type Responder } from "../../src/respond/client.ts";
import { kills } from "../kills.ts";
import { type Random, randomNumbers } from "../random.ts";
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

/** Each is killed its part of the times; several at once, because a start waits for programs half of its time. */
const sides = 3;
const bundle = "dist/stockade-respond.mjs";
const friend = "198.51.100.0/24";
/** On the white list and off it again, while blocks of it are placed. */
const changing = "203.0.113.0/24";

/** A responder on folders and a packet filter of its own. */
interface Side {
  readonly root: string;
  readonly paths: Paths;
  readonly namespace: Namespace;
  responder: ChildProcess | undefined;
}

let all: Side[] = [];

beforeAll(async () => {
  all = await Promise.all(
    Array.from({ length: sides }, async (_, n) => ({
      ...scratch([friend]),
      namespace: await createNamespace(`sigkill${n}`),
      responder: undefined,
    })),
  );
  await compileOnce();
});
afterAll(async () => {
  for (const { responder, namespace, root } of all) {
    responder?.kill("SIGKILL");
    await namespace.remove();
    remove(root);
  }
});

/** What the responder has said of an address last: that it is blocked, or not. Nothing while an answer is due. */
type Known = Map<string, boolean>;

test(`W21: killed at ${kills} random instants: each block has an end, no untouchable is blocked, nothing said is forgotten`, async () => {
  const seed = Date.now() % 1_000_000;
  process.stdout.write(`kills of the responder: seed ${seed}\n`);
  const each = all.map((side, n) => killOften(side, Math.ceil(kills / sides), seed + n));
  const compared = (await Promise.all(each)).reduce((sum, one) => sum + one, 0);
  expect(compared).toBeGreaterThan(kills / 2);
}, 180_000);

/** Only who ends in order leaves the parsed bundle behind for those after him. */
async function compileOnce(): Promise<void> {
  const { root, paths } = scratch([friend]);
  const first = startResponder(root, undefined, bundle);
  const client = connectResponder(paths.respondSocket, memoryLog());
  await client.ask({ verb: "list" }, 20_000);
  client.close();
  first.kill("SIGTERM");
  await ended(first);
  remove(root);
}

/** Resolves to how often it lived long enough to be asked. */
async function killOften(side: Side, times: number, seed: number): Promise<number> {
  const random = randomNumbers(seed);
  const known: Known = new Map();
  let compared = 0;
  for (let round = 0; round < times; round++) {
    const responder = startResponder(side.root, side.namespace, bundle);
    side.responder = responder;
    // A third of them dies while it starts.
    if (random(3) === 0) await sleep(random(startMilliseconds));
    else {
      const client = connectResponder(side.paths.respondSocket, memoryLog());
      await compare(side, client, known);
      compared += 1;
      await disturb(side, client, known, random);
    }
    responder.kill("SIGKILL");
    await ended(responder);
    await look(side);
  }
  return compared;
}

/** On two cores with two others. */
const startMilliseconds = 400;

/** Asks for blocks and their ends, eight addresses at a time, and changes the white list, until `isOver`. */
async function disturb(side: Side, client: Responder, known: Known, random: Random) {
  let isOver = false;
  const one = async (lane: number) => {
    while (!isOver) {
      const text = someAddress(lane, random);
      known.delete(text);
      const said = await ask(client, text, random);
      if (said !== undefined && !isOver) known.set(text, said);
    }
  };
  const change = async () => {
    while (!isOver) {
      setWhiteList(side.paths, random(2) === 0 ? [friend] : [friend, changing]);
      side.responder?.kill("SIGHUP");
      await sleep(random(40));
    }
  };
  const work = Promise.all([change(), ...Array.from({ length: 8 }, (_, lane) => one(lane))]);
  await sleep(random(60));
  isOver = true;
  side.responder?.kill("SIGKILL");
  client.close();
  await work;
}

/** Resolves to whether the address is in the packet filter now, or undefined when that was not said. */
async function ask(client: Responder, text: string, random: Random): Promise<boolean | undefined> {
  const address = addressOf(text);
  const response = random(4) === 0 ? "host-deny" : "firewall-drop";
  const isEnd = random(3) === 0;
  const question = isEnd
    ? ({ verb: "unblock", address } as const)
    : blockOf(text, { seconds: 600 + random(3) * 3_000_000, response });
  const { ok } = await client.ask(question).catch(() => ({ ok: false }));
  if (!ok || (!isEnd && response === "host-deny")) return undefined;
  return !isEnd;
}

function someAddress(lane: number, random: Random): string {
  const networks = ["192.0.2", "192.0.2", "203.0.113", "198.51.100"];
  return `${networks[random(4)]}.${lane * 8 + random(8)}`;
}

function setWhiteList(paths: Paths, whiteList: readonly string[]): void {
  const fresh = `${paths.respondSettings}.new`;
  writeFileSync(fresh, JSON.stringify({ whiteList }));
  renameSync(fresh, paths.respondSettings);
}

/** What the kernel has, with no process of ours alive. */
async function look({ namespace }: Side): Promise<void> {
  for (const [network, seconds] of await dropped(namespace)) {
    expect(seconds, `${network} has an end`).toBeGreaterThan(0);
    expect(network).not.toMatch(/^198\.51\.100\./);
  }
}

/** What the responder says after its start, what is in force, and what was said before, are the same. */
async function compare({ paths, namespace }: Side, client: Responder, known: Known): Promise<void> {
  const reply = await client.ask({ verb: "list" }, 20_000);
  if (!reply.ok) throw new Error(reply.reason);
  const of = (name: Block["response"]) =>
    reply.blocks
      .filter(({ response }) => response === name)
      .map(({ network }) => network)
      .sort();
  const inKernel = await dropped(namespace);
  expect([...inKernel.keys()].sort()).toEqual(of("firewall-drop"));
  const denied = readFileSync(paths.hostsDeny, { encoding: "utf8", flag: "a+" });
  expect([...denied.matchAll(/^ALL: (\S+)$/gm)].map(([, network]) => network).sort()).toEqual(
    of("host-deny"),
  );
  const { whiteList } = JSON.parse(readFileSync(paths.respondSettings, "utf8"));
  const isSpared = (network: string) => whiteList.includes(changing) && network.startsWith("203.");
  for (const network of inKernel.keys()) expect(isSpared(network), network).toBe(false);
  for (const [network, isBlocked] of known)
    if (!network.startsWith("203.")) expect(inKernel.has(network), network).toBe(isBlocked);
  expect(await must(namespace.run, "/usr/sbin/ipset", ["save", "stockade-allow4"])).toContain(
    friend,
  );
}

async function dropped(namespace: Namespace): Promise<Map<string, number>> {
  const ran = await namespace.run("/usr/sbin/ipset", ["save", "stockade4"]);
  // Before the first start has come so far there is no set.
  if (!ran.ok) return new Map();
  const members = [...ran.output.matchAll(/^add \S+ (\S+)(?: timeout (\d+))?/gm)];
  return new Map(members.map(([, network = "", seconds]) => [network, Number(seconds ?? 0)]));
}
