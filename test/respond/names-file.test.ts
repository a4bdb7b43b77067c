import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { namesFile } from "../../src/respond/names-file.ts";
import { addressOf, memoryLog, remove, scratch } from "./machine.ts";

let root: string;
let file: string;
beforeEach(() => {
  const made = scratch();
  root = made.root;
  file = join(made.paths.respondState, "names.json");
});
afterEach(() => remove(root));

const names = new Map([
  ["office.example", [addressOf("203.0.113.25"), addressOf("2001:db8:25::1")]],
  ["büro.example", [addressOf("203.0.113.26")]],
]);

test("gives back what was saved, for root alone", async () => {
  const log = memoryLog();
  await namesFile(file, log).save(new Map());
  await namesFile(file, log).save(names);
  expect(await namesFile(file, log).load()).toEqual(names);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(file))).toEqual(["names.json"]);
  expect(log.lines).toEqual([]);
});

test("many saves at once: the last one counts", async () => {
  const log = memoryLog();
  const kept = namesFile(file, log);
  await Promise.all([kept.save(new Map()), kept.save(new Map()), kept.save(names)]);
  expect(await kept.load()).toEqual(names);
  expect(log.lines).toEqual([]);
});

test("knows nothing and complains of nothing when there is no file", async () => {
  const log = memoryLog();
  expect(await namesFile(file, log).load()).toEqual(new Map());
  expect(log.lines).toEqual([]);
});

test.each([
  ["half a file", '{"version":1,"names":[{"na'],
  ["empty", ""],
  ["another version", '{"version":2,"names":[]}'],
  ["one key too many", '{"version":1,"names":[],"more":1}'],
  ["not an address", '{"version":1,"names":[{"name":"a","addresses":["0.0.0.0/0"]}]}'],
])("a damaged file (%s) is set aside with a message", async (_title, text) => {
  const log = memoryLog();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  expect(await namesFile(file, log).load()).toEqual(new Map());
  expect(readFileSync(`${file}.corrupt`, "utf8")).toBe(text);
  expect(log.lines.join("\n")).toMatch(/names\.json" is damaged .*names\.json\.corrupt.*resolve/);
});

test("a full disk is told and ends nothing", async () => {
  const log = memoryLog();
  mkdirSync(file, { recursive: true });
  await namesFile(file, log).save(names);
  expect(log.lines.join("\n")).toMatch(/cannot save the addresses of the white list/);
});
