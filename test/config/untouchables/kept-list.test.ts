import { expect, test } from "vitest";
import type { Facts } from "../../../src/config/untouchables/facts.ts";
import { keepList } from "../../../src/config/untouchables/kept-list.ts";
import type { Names } from "../../../src/config/untouchables.ts";
import { coveredBy } from "../../../src/core/block.ts";
import { addressOf, memoryLog } from "../../respond/machine.ts";

const facts = (resolve: Facts["resolve"], more: Partial<Facts> = {}): Facts => ({
  interfaces: () => [addressOf("192.0.2.10"), addressOf("2001:db8:1::10")],
  routes: async () => ({
    v4: "Iface\tDestination\tGateway\tFlags\neth0\t00000000\t010200C0\t0003\n",
    v6: "",
  }),
  resolvConf: async () => "nameserver 192.0.2.53\n",
  items: async () => [],
  resolve,
  ...more,
});
const whiteList = ["198.51.100.0/24", "2001:db8:aa::77", "office.example"];
const log = memoryLog();

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
  const list = keepList({ facts: slow, log });
  const reason = (text: string) => list.protectorOf(coveredBy(addressOf(text)))?.reason;

  const first = list.refresh(whiteList);
  await expect.poll(() => reason("198.51.100.77")).toMatch(/white list/);
  await expect.poll(() => answers.length).toBe(1);
  expect(reason("203.0.113.25")).toBeUndefined();
  answers[0]?.(["203.0.113.25"]);
  await first;
  expect(reason("203.0.113.25")).toMatch(/office/);

  const second = list.refresh(whiteList);
  await expect.poll(() => refusals.length).toBe(2);
  refusals[1]?.();
  await second;
  expect(reason("203.0.113.25")).toMatch(/office/);
  expect(log.lines).toEqual([
    "white list name office.example does not resolve, its last addresses stay: 203.0.113.25",
  ]);
});

test("knows the last addresses of a name before the name is asked for again", async () => {
  const names = new Map([["office.example", [addressOf("203.0.113.25")]]]);
  const never = facts(() => new Promise(() => undefined));
  const list = keepList({ facts: never, log, names });
  void list.refresh(whiteList);
  await expect
    .poll(() => list.protectorOf(coveredBy(addressOf("203.0.113.25")))?.reason)
    .toMatch(/white list/);
});

test("hands over the names' addresses when they change, and only then", async () => {
  const kept: Names[] = [];
  const keep = async (names: Names) => void kept.push(names);
  const answers = ["203.0.113.25", "203.0.113.25", "203.0.113.99"];
  const moving = facts(async () => [answers.shift() ?? ""]);
  const list = keepList({ facts: moving, log, keep });
  await list.refresh(whiteList);
  await list.refresh(whiteList);
  await list.refresh(whiteList);
  await list.refresh(["198.51.100.0/24"]);
  expect(kept.map((names) => Object.fromEntries(names))).toEqual([
    { "office.example": ["203.0.113.25"] },
    { "office.example": ["203.0.113.99"] },
    {},
  ]);
});

test("notices another address, gateway or resolver of this machine, and what its files name", async () => {
  let [resolvConf, gateway, items] = ["", "010200C0", [] as Awaited<ReturnType<Facts["items"]>>];
  const row = (hex: string) => `Iface\tDestination\tGateway\tFlags\neth0\t00000000\t${hex}\t0003\n`;
  const changing = facts(async () => [], {
    resolvConf: async () => resolvConf,
    routes: async () => ({ v4: row(gateway), v6: "" }),
    items: async () => items,
  });
  const list = keepList({ facts: changing, log });
  const changes = async (change: () => void) => {
    change();
    const has = await list.hasChanged();
    await list.refresh([]);
    return has;
  };
  await list.refresh([]);
  expect(await changes(() => {})).toBe(false);
  expect(await changes(() => (resolvConf = "nameserver 192.0.2.54"))).toBe(true);
  expect(await changes(() => (gateway = "020200C0"))).toBe(true);
  expect(await changes(() => (items = [{ text: "192.0.2.9", reason: "r", isWanted: true }]))).toBe(
    true,
  );
  expect(await changes(() => {})).toBe(false);
  expect(list.protectorOf(coveredBy(addressOf("192.0.2.9")))?.reason).toBe("r");
});

test("a resolver slower than the looks in between is waited for, and asked once", async () => {
  let asked = 0;
  let answer = (_: string[]) => {};
  const slow = facts(() => {
    asked += 1;
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  const list = keepList({ facts: slow, log });
  const first = list.refresh(["office.example"]);
  await expect.poll(() => asked).toBe(1);
  for (let look = 0; look < 20; look++) {
    if (await list.hasChanged()) void list.refresh(["office.example"]);
  }
  answer(["203.0.113.25"]);
  await first;
  expect(asked).toBe(1);
  expect(list.protectorOf(coveredBy(addressOf("203.0.113.25")))?.reason).toMatch(/office/);
});

test("an answer counts though another question was asked since", async () => {
  const answers: ((addresses: string[]) => void)[] = [];
  const slow = facts(() => new Promise((resolve) => void answers.push(resolve)));
  const list = keepList({ facts: slow, log });
  const first = list.refresh(["office.example"]);
  await expect.poll(() => answers.length).toBe(1);
  const second = list.refresh(["office.example", "198.51.100.7"]);
  await expect.poll(() => answers.length).toBe(2);
  answers[0]?.(["203.0.113.25"]);
  await first;
  const reason = (text: string) => list.protectorOf(coveredBy(addressOf(text)))?.reason;
  expect(reason("203.0.113.25")).toMatch(/office/);
  expect(reason("198.51.100.7")).toMatch(/white list/);
  answers[1]?.(["203.0.113.26"]);
  await second;
  expect(reason("203.0.113.25")).toBeUndefined();
  expect(reason("203.0.113.26")).toMatch(/office/);
});
