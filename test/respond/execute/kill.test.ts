import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectExecutor } from "../../../src/respond/client-execute.ts";
import { kills } from "../../kills.ts";
import { type Random, randomNumbers } from "../../random.ts";
import { addressOf, compiled, ended, remove } from "../machine.ts";
import { anOrder, openPlace, type Place, telling } from "./bench.ts";

/** Each is killed its part of the times. */
const sides = 3;
/** On each. */
const orders = 60;
const friend = "198.18.8.0/24";
/** Until one at work dies; some die while they start. */
const mostMilliseconds = 600;

let places: Place[] = [];
const running = new Map<Place, ChildProcess>();
beforeEach(() => {
  places = Array.from({ length: sides }, openPlace);
});
afterEach(async () => {
  for (const child of running.values()) {
    child.kill("SIGKILL");
    await ended(child);
  }
  for (const { root } of places) remove(root);
});

function start(place: Place): ChildProcess {
  const program = ["dist/stockade-execute.mjs", "--root", place.root];
  const env = { ...process.env, ...compiled };
  const child = spawn(process.execPath, program, { stdio: "ignore", env });
  running.set(place, child);
  return child;
}

test(`W21: killed at ${kills} random instants: nothing is done twice, nobody is touched whom it must not, and whatever was done is undone`, async () => {
  const seed = Date.now() % 1_000_000_007;
  process.stdout.write(`kills of the executor: seed ${seed}\n`);
  const each = places.map(async (place, n) => {
    await killOften(place, Math.ceil(kills / sides), randomNumbers(seed + n));
    return whatWasDone(place);
  });
  const addedTo = (await Promise.all(each)).reduce((sum, one) => sum + one, 0);
  process.stdout.write(`${addedTo} of ${sides * orders} were done, ${kills} kills\n`);
  expect(addedTo).toBeGreaterThan((sides * orders) / 2);
}, 180_000);

/** Resolves when all that was done in the end is undone. */
async function killOften(place: Place, times: number, random: Random): Promise<void> {
  const commands = [{ name: "page", executable: "page.sh", expect: ["srcip"], mayEnd: true }];
  writeFileSync(place.paths.respondSettings, JSON.stringify({ whiteList: [friend], commands }));
  place.executable("page.sh", telling);
  const patience = {
    mostAtOnce: 4,
    mostWaiting: 1000,
    awayMilliseconds: 100_000,
    againMilliseconds: 20,
    answerMilliseconds: 20_000,
  };
  const executor = connectExecutor(place.paths.executeSocket, patience);
  const ask = async (address: string) => {
    await sleep(random((times * mostMilliseconds) / 2));
    return executor.order({ ...anOrder, address: addressOf(address), seconds: 4 + random(4) });
  };
  const spared = Array.from({ length: orders / 3 }, (_, n) => ask(`198.18.8.${n}`));
  const asked = Array.from({ length: orders }, (_, n) => ask(`198.18.7.${n}`));
  for (let n = 0; n < times; n++) {
    const child = start(place);
    await sleep(random(mostMilliseconds));
    child.kill("SIGKILL");
    await ended(child);
  }
  start(place);
  const refused = (await Promise.all(asked)).flatMap((one) => (one.ok ? [] : one.reason));
  expect(refused.filter((reason) => !reason.startsWith("nobody knows whether"))).toEqual([]);
  for (const one of await Promise.all(spared)) expect(one.ok).toBe(false);
  await expect.poll(() => existsSync(place.paths.executions), { timeout: 20_000 }).toBe(false);
}

/** Returns how many of the orders were carried out. */
function whatWasDone(place: Place): number {
  const calls = place.calls().map((line) => line.split("|"));
  const count = (verb: string, address: string) =>
    calls.filter(([action, , of]) => action === verb && of === address).length;
  expect(calls.filter(([, , of]) => of?.startsWith("198.18.8."))).toEqual([]);
  const all = Array.from({ length: orders }, (_, n) => `198.18.7.${n}`);
  expect(all.filter((address) => count("add", address) > 1)).toEqual([]);
  expect(all.filter((address) => count("delete", address) < count("add", address))).toEqual([]);
  return all.filter((address) => count("add", address) === 1).length;
}
