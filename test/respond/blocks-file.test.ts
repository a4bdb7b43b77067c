import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Block } from "../../src/core/block.ts";
import { blocksFile, linesFor } from "../../src/respond/blocks-file.ts";
import { addressOf, memoryLog, remove, scratch } from "./machine.ts";

let root: string;
let path: string;
beforeEach(() => {
  root = scratch().root;
  path = join(root, "blocks.json");
});
afterEach(() => remove(root));

const block = (network: string, until = 2000): Block => ({
  response: "firewall-drop",
  address: addressOf(network),
  network,
  since: 1000,
  until,
  rule: 300011,
  alert: "1.1",
  count: 1,
});
const add = (one: Block) => linesFor("firewall-drop", [{ verb: "add", block: one }]);
const drop = (network: string) => linesFor("firewall-drop", [{ verb: "delete", network }]);
const [a, b, c] = [block("192.0.2.1"), block("192.0.2.2"), block("192.0.2.3")];

test("what was appended is there at once, for another process too", async () => {
  const file = blocksFile(path, memoryLog());
  await file.save(() => [a]);
  await file.append(add(b), () => [a, b]);
  await file.append([...add(c), ...drop("192.0.2.1")], () => [b, c]);
  await file.append(add(block("192.0.2.2", 9000)), () => []);
  expect(await blocksFile(path, memoryLog()).load()).toEqual([block("192.0.2.2", 9000), c]);
});

test("a file of the former layout is read", async () => {
  writeFileSync(path, `${JSON.stringify({ version: 1, blocks: [a, b] })}\n`);
  expect(await blocksFile(path, memoryLog()).load()).toEqual([a, b]);
});

test("half of a last line is left out, a damaged one in the middle too, with an error", async () => {
  const file = blocksFile(path, memoryLog());
  await file.save(() => [a]);
  appendFileSync(path, '{"add":{"resp');
  expect(await file.load()).toEqual([a]);
  appendFileSync(path, `\n${JSON.stringify({ add: b })}\n\0\0\0\n`);
  const log = memoryLog();
  expect(await blocksFile(path, log).load()).toEqual([a, b]);
  expect(log.lines).toEqual([`"${path}": 2 damaged lines are left out`]);
});

test("no file, and a damaged one, are not the same as a file without blocks", async () => {
  const file = blocksFile(path, memoryLog());
  expect(await file.load()).toBeUndefined();
  await file.save(() => []);
  expect(await file.load()).toEqual([]);
  writeFileSync(path, "{");
  expect(await file.load()).toBeUndefined();
});

test("does not grow without end", async () => {
  const file = blocksFile(path, memoryLog());
  await file.save(() => [a]);
  for (let n = 0; n < 3000; n++) await file.append(add(a), () => [a]);
  expect(statSync(path).size).toBeLessThan(70_000);
  expect(await file.load()).toEqual([a]);
});

test("a file that was taken away is written anew, whole", async () => {
  const file = blocksFile(path, memoryLog());
  await file.save(() => [a]);
  rmSync(path);
  await file.append(add(b), () => [a, b]);
  expect(await file.load()).toEqual([a, b]);
});

test("trouble is logged, and the next time all of it is saved", async () => {
  const log = memoryLog();
  const inTheWay = join(root, "folder");
  const file = blocksFile(join(inTheWay, "blocks.json"), log);
  writeFileSync(inTheWay, "");
  await file.append(add(a), () => [a]);
  expect(log.lines.join()).toMatch(/cannot save the blocks/);
  rmSync(inTheWay);
  await file.append(add(b), () => [a, b]);
  expect(await file.load()).toEqual([a, b]);
  expect(readFileSync(join(inTheWay, "blocks.json"), "utf8").split("\n")).toHaveLength(4);
});
