import {
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { chmod, chown, mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Block } from "../../src/core/block.ts";
import { hostDeny } from "../../src/respond/host-deny.ts";
import { addressOf, remove, scratch } from "./machine.ts";

let root: string;
let path: string;

beforeEach(() => {
  const made = scratch();
  root = made.root;
  path = made.paths.hostsDeny;
});
afterEach(() => remove(root));

const live = (...texts: string[]): Block[] =>
  texts.map((text) => ({
    response: "host-deny",
    address: addressOf(text),
    network: text,
    since: 0,
    until: 1,
    rule: 1,
    alert: "1.1",
    count: 1,
  }));
const deny = (...texts: string[]) => hostDeny(path).apply([], () => live(...texts));
const folder = () => readdirSync(dirname(path)).sort();

test("makes the file, readable for all, and leaves no other behind", async () => {
  await deny("192.0.2.1");
  expect(readFileSync(path, "utf8")).toContain("\nALL: 192.0.2.1\n");
  expect(statSync(path).mode & 0o777).toBe(0o644);
  expect(folder()).toEqual(["hosts.deny"]);
});

test("keeps owner and mode", async () => {
  writeFileSync(path, "sshd: 10.0.0.1\n");
  await chmod(path, 0o640);
  await chown(path, 0, 4);
  await deny("192.0.2.1");
  const { mode, uid, gid } = statSync(path);
  expect([mode & 0o777, uid, gid]).toEqual([0o640, 0, 4]);
});

test.each([true, false])("writes where a link leads (to a file: %s)", async (isThere) => {
  const real = join(root, "real.deny");
  if (isThere) writeFileSync(real, "sshd: 10.0.0.1\n");
  symlinkSync(real, path);
  await deny("192.0.2.1");
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(real, "utf8")).toContain("ALL: 192.0.2.1\n");
});

test("refuses with the reason what cannot be written", async () => {
  await rename(dirname(path), `${dirname(path)}.away`);
  writeFileSync(dirname(path), "in the way");
  await expect(deny("192.0.2.1")).rejects.toThrow(`cannot write "${path}"`);
});

test("a folder in the place of the file is refused too", async () => {
  await mkdir(path);
  await expect(deny("192.0.2.1")).rejects.toThrow(`cannot write "${path}"`);
});

test("reconcile says whether something was missing", async () => {
  await deny("192.0.2.1");
  expect(await hostDeny(path).reconcile(() => live("192.0.2.1"))).toEqual([]);
  writeFileSync(path, "");
  expect(await hostDeny(path).reconcile(() => live("192.0.2.1"))).toEqual([path]);
  expect(readFileSync(path, "utf8")).toContain("ALL: 192.0.2.1\n");
});

test("what a killed predecessor left half written is no obstacle", async () => {
  writeFileSync(join(dirname(path), ".hosts.deny.stockade"), "half");
  await deny("192.0.2.1");
  expect(folder()).toEqual(["hosts.deny"]);
});
