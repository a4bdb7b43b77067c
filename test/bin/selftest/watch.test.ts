import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLeftBehind } from "../../../src/bin/selftest/left-behind.ts";
import { firedIn, openTail } from "../../../src/bin/selftest/watch.ts";
import { AddressSchema } from "../../../src/core/address.ts";
import { openWorld, type World } from "../doctor/world.ts";

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.remove());

test("of a log only what came later is seen, after a rotation too", () => {
  const file = join(world.root, "log");
  const early = openTail(file);
  writeFileSync(file, "old line\n");
  expect(early()).toBe("old line\n");
  const tail = openTail(file);
  expect(tail()).toBe("");
  appendFileSync(file, "new\n");
  expect(tail()).toBe("new\n");
  renameSync(file, `${file}.1`);
  writeFileSync(file, "x\n");
  expect(tail()).toBe("x\n");
});

test("the alerts about an address, and no other's", () => {
  const record = (id: string, address: string) =>
    `** Alert ${id}: mail  - ids,\n2026 Nov 22 10:00:00 web1->fast.log\nRule: 300011 (level 10) -> 'x'\nSrc IP: ${address}\nDst IP: 198.51.100.44\ntext\n\n`;
  const log = record("1.0", "192.0.2.77") + record("2.5", "192.0.2.7");
  expect(firedIn(log, "192.0.2.7")).toEqual([{ id: "2.5", rule: 300011, level: 10 }]);
});

test("the addresses of a run that was killed are known to the next one, and forgotten when all is undone", () => {
  const file = join(world.root, "run/stockade/left.json");
  openLeftBehind(file).add(AddressSchema.parse("192.0.2.7"));
  const next = openLeftBehind(file);
  expect(next.before).toEqual(["192.0.2.7"]);
  next.add(AddressSchema.parse("192.0.2.8"));
  expect(openLeftBehind(file).before).toEqual(["192.0.2.7", "192.0.2.8"]);
  next.clear();
  expect(openLeftBehind(file).before).toEqual([]);
});
