import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectExecutor } from "../../../src/respond/client-execute.ts";
import { randomNumbers } from "../../random.ts";
import { addressOf, ended, remove } from "../machine.ts";
import { anOrder, openPlace, type Place, telling } from "./bench.ts";

const kills = 15;
const orders = 60;

let place: Place;
let running: ChildProcess | undefined;
beforeEach(() => {
  place = openPlace();
});
afterEach(async () => {
  running?.kill("SIGKILL");
  if (running) await ended(running);
  remove(place.root);
});

function start(): ChildProcess {
  const program = ["src/bin/stockade-execute.ts", "--root", place.root];
  running = spawn(process.execPath, program, { stdio: "ignore" });
  return running;
}

test("W21: killed at random instants: nothing is done twice, and whatever was done is undone", async () => {
  const seed = Date.now() % 1_000_000_007;
  process.stdout.write(`kills of the executor: seed ${seed}\n`);
  const random = randomNumbers(seed);
  const commands = [{ name: "page", executable: "page.sh", expect: ["srcip"], mayEnd: true }];
  writeFileSync(place.paths.respondSettings, JSON.stringify({ whiteList: [], commands }));
  place.executable("page.sh", telling);
  const patience = {
    mostAtOnce: 4,
    mostWaiting: 1000,
    awayMilliseconds: 50_000,
    againMilliseconds: 20,
    answerMilliseconds: 20_000,
  };
  const executor = connectExecutor(place.paths.executeSocket, patience);
  const asked = Array.from({ length: orders }, async (_, n) => {
    await sleep(random(kills * 600));
    return executor.order({
      ...anOrder,
      address: addressOf(`198.18.7.${n}`),
      seconds: 4 + random(4),
    });
  });
  for (let n = 0; n < kills; n++) {
    const child = start();
    await sleep(200 + random(700));
    child.kill("SIGKILL");
    await ended(child);
  }
  start();
  const refused = (await Promise.all(asked)).flatMap((one) => (one.ok ? [] : one.reason));
  expect(refused.filter((reason) => !reason.startsWith("nobody knows whether"))).toEqual([]);
  await expect.poll(() => existsSync(place.paths.executions), { timeout: 20_000 }).toBe(false);

  const calls = place.calls().map((line) => line.split("|"));
  const count = (verb: string, address: string) =>
    calls.filter(([action, , of]) => action === verb && of === address).length;
  const all = Array.from({ length: orders }, (_, n) => `198.18.7.${n}`);
  expect(all.filter((address) => count("add", address) > 1)).toEqual([]);
  expect(all.filter((address) => count("delete", address) < count("add", address))).toEqual([]);
  const addedTo = all.filter((address) => count("add", address) === 1).length;
  process.stdout.write(
    `${addedTo} of ${orders} were done, ${calls.length} calls, ${kills} kills\n`,
  );
  expect(addedTo).toBeGreaterThan(orders / 2);
});
