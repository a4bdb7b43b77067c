import { expect, test } from "vitest";
import { type Facts, listUntouchables, type Names } from "../../src/config/untouchables.ts";
import { coveredBy } from "../../src/core/block.ts";
import { createGuard } from "../../src/respond/guard.ts";
import { addressOf, memoryLog } from "./machine.ts";

const facts = (resolve: (name: string) => Promise<string[]>) => ({
  interfaces: () => [addressOf("192.0.2.10"), addressOf("2001:db8:1::10")],
  routes: async () => ({
    v4: "Iface\tDestination\tGateway\tFlags\neth0\t00000000\t010200C0\t0003\n",
    v6: "",
  }),
  resolvConf: async () => "nameserver 192.0.2.53\n",
  resolve,
});
const asking =
  (all: Facts): typeof listUntouchables =>
  (whiteList, names) =>
    listUntouchables(whiteList, names, all);
const known = facts(async () => ["203.0.113.25"]);
const whiteList = ["198.51.100.0/24", "2001:db8:aa::77", "office.example"];

const guarded = async (text: string) => {
  const guard = createGuard(memoryLog(), { list: asking(known) });
  await guard.refresh(whiteList);
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

test("refuses everything before it knows anything", () => {
  const guard = createGuard(memoryLog());
  expect(guard.refusal(coveredBy(addressOf("203.0.113.26")))).toMatch(/not known yet/);
});

test("knows addresses before slow names, and keeps the last addresses of a name that stops resolving", async () => {
  const log = memoryLog();
  const answers: ((addresses: string[]) => void)[] = [];
  const refusals: (() => void)[] = [];
  const slow = facts(
    () =>
      new Promise((resolve, reject) => {
        answers.push(resolve);
        refusals.push(() => reject(new Error("ENOTFOUND")));
      }),
  );
  const guard = createGuard(log, { list: asking(slow) });
  const refusal = (text: string) => guard.refusal(coveredBy(addressOf(text)));

  const first = guard.refresh(whiteList);
  await expect.poll(() => refusal("198.51.100.77")).toMatch(/white list/);
  await expect.poll(() => answers.length).toBe(1);
  expect(refusal("203.0.113.25")).toBeUndefined();
  answers[0]?.(["203.0.113.25"]);
  await first;
  expect(refusal("203.0.113.25")).toMatch(/office/);

  const second = guard.refresh(whiteList);
  await expect.poll(() => refusals.length).toBe(2);
  refusals[1]?.();
  await second;
  expect(refusal("203.0.113.25")).toMatch(/office/);
  expect(log.lines).toEqual([
    "white list name office.example does not resolve, its last addresses stay: 203.0.113.25",
  ]);
});

test("knows the last addresses of a name before the name is asked for again", async () => {
  const names = new Map([["office.example", [addressOf("203.0.113.25")]]]);
  const never = facts(() => new Promise(() => undefined));
  const guard = createGuard(memoryLog(), { names, list: asking(never) });
  void guard.refresh(whiteList);
  await expect
    .poll(() => guard.refusal(coveredBy(addressOf("203.0.113.25"))))
    .toMatch(/never blocked: white list/);
});

test("hands over the names' addresses when they change, and only then", async () => {
  const kept: Names[] = [];
  const keep = async (names: Names) => void kept.push(names);
  const answers = ["203.0.113.25", "203.0.113.25", "203.0.113.99"];
  const moving = facts(async () => [answers.shift() ?? ""]);
  const guard = createGuard(memoryLog(), { keep, list: asking(moving) });
  await guard.refresh(whiteList);
  await guard.refresh(whiteList);
  await guard.refresh(whiteList);
  await guard.refresh(["198.51.100.0/24"]);
  expect(kept.map((names) => Object.fromEntries(names))).toEqual([
    { "office.example": ["203.0.113.25"] },
    { "office.example": ["203.0.113.99"] },
    {},
  ]);
});
