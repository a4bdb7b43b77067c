import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Paths } from "../../src/config/paths.ts";
import { settingsSource } from "../../src/respond/last-good.ts";
import { memoryLog, remove, scratch } from "./machine.ts";

const good = { whiteList: ["198.51.100.0/24", "büro.example"], commands: [] };
let root: string;
let paths: Paths;
let copy: string;
let log: ReturnType<typeof memoryLog>;
beforeEach(() => {
  ({ root, paths } = scratch(good.whiteList));
  copy = join(paths.respondState, "settings.json");
  log = memoryLog();
});
afterEach(() => remove(root));

const source = () => settingsSource(paths.respondSettings, copy, log);

test("keeps a copy of what was in order and says nothing", async () => {
  expect(await source().first()).toEqual(good);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(log.lines).toEqual([]);
});

test("starts with the copy, loudly, when root could not compile the settings after a reboot", async () => {
  await source().first();
  rmSync(paths.respondSettings);
  expect(await source().first()).toEqual(good);
  expect(log.lines.join("\n")).toMatch(/ENOENT.*last good settings\nhint: .*config check/);
});

test("a reload renews the copy; one that fails does not touch it", async () => {
  const settings = source();
  await settings.first();
  const newer = { whiteList: ["203.0.113.0/24"], commands: [] };
  writeFileSync(paths.respondSettings, JSON.stringify(newer));
  expect(await settings.again()).toEqual(newer);
  writeFileSync(paths.respondSettings, '{"whiteList":"all"}');
  await expect(settings.again()).rejects.toThrow(/cannot use/);
  expect(await source().first()).toEqual(newer);
});

test("does not start without any settings, nor with a damaged copy", async () => {
  rmSync(paths.respondSettings);
  await expect(source().first()).rejects.toThrow(/cannot use/);
  writeFileSync(paths.respondSettings, JSON.stringify(good));
  await source().first();
  rmSync(paths.respondSettings);
  writeFileSync(copy, '{"version":1,"settings":{}}');
  await expect(source().first()).rejects.toThrow(/cannot use/);
  expect(existsSync(`${copy}.corrupt`)).toBe(true);
});
