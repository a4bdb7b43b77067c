import { writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { keepList } from "../../src/config/untouchables/kept-list.ts";
import { coveredBy } from "../../src/core/block.ts";
import { createGuard } from "../../src/respond/guard.ts";
import { openSessions } from "../../src/respond/sessions.ts";
import { addressOf, memoryLog, remove, scratch } from "./machine.ts";

const facts = {
  interfaces: () => [addressOf("192.0.2.10"), addressOf("2001:db8:1::10")],
  routes: async () => ({
    v4: "Iface\tDestination\tGateway\tFlags\neth0\t00000000\t010200C0\t0003\n",
    v6: "",
  }),
  resolvConf: async () => "nameserver 192.0.2.53\n",
  items: async () => [],
  resolve: async () => ["203.0.113.25"],
};
const whiteList = ["198.51.100.0/24", "2001:db8:aa::77", "office.example"];

const { root } = scratch();
afterAll(() => remove(root));
const time = { now: 1_800_000_000_000 };
const open = async () => {
  const log = memoryLog();
  const list = keepList({ facts, log });
  const sessions = await openSessions(`${root}/sessions.json`, () => time.now, log);
  return { list, sessions, guard: createGuard(list, sessions), log };
};

const guarded = async (text: string) => {
  const { guard, list } = await open();
  await list.refresh(whiteList);
  return guard.refusal(coveredBy(addressOf(text)));
};

test.each([
  ["198.51.100.77", /white list \(198\.51\.100\.0\/24\)/],
  ["2001:db8:aa::666", /white list \(2001:db8:aa::77\)/],
  ["203.0.113.25", /office\.example/],
  ["192.0.2.10", /own address/],
  ["2001:db8:1::666", /own address/],
  ["192.0.2.1", /gateway/],
  ["192.0.2.53", /resolver/],
  ["127.0.0.2", /loopback/],
  ["169.254.169.254", /metadata/],
])("refuses %s and names the entry", async (text, reason) => {
  expect(await guarded(text)).toMatch(reason);
});

test.each(["198.51.101.1", "2001:db8:ab::77", "203.0.113.26"])(
  "has nothing against %s",
  async (text) => {
    expect(await guarded(text)).toBeUndefined();
  },
);

test("refuses everything before it knows anything", async () => {
  const { guard } = await open();
  expect(guard.refusal(coveredBy(addressOf("203.0.113.26")))).toMatch(/not known yet/);
});

test("protects who is logged in by key for as long as was said, also after a restart", async () => {
  const first = await open();
  await first.list.refresh([]);
  const session = { address: addressOf("203.0.113.30"), seconds: 60 };
  await first.sessions.replace([session]);
  expect(first.guard.refusal(coveredBy(session.address))).toMatch(/logged in by key/);
  expect(first.guard.untouchables().map(({ network }) => network.text)).toContain("203.0.113.30");

  const second = await open();
  await second.list.refresh([]);
  expect(second.guard.refusal(coveredBy(session.address))).toMatch(/logged in by key/);
  time.now += 61_000;
  expect(second.guard.refusal(coveredBy(session.address))).toBeUndefined();
  await second.sessions.replace([session]);
  await second.sessions.replace([]);
  expect(second.guard.refusal(coveredBy(session.address))).toBeUndefined();
});

test("a file that says somebody is logged in for ever protects for a day, and a clock set back ends nothing", async () => {
  const until = time.now + 10 * 86_400_000;
  writeFileSync(
    `${root}/sessions.json`,
    JSON.stringify({ version: 1, sessions: [{ address: "203.0.113.31", until }] }),
  );
  const { guard, list } = await open();
  await list.refresh([]);
  const refusal = () => guard.refusal(coveredBy(addressOf("203.0.113.31")));
  expect(refusal()).toMatch(/logged in by key/);
  time.now -= 5000;
  expect(refusal()).toMatch(/logged in by key/);
  time.now += 86_401_000;
  expect(refusal()).toBeUndefined();
});
