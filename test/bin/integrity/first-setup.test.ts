import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFirstSetup } from "../../../src/bin/integrity/first-setup.ts";

let root: string;
let now = 0;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stockade-setup-"));
  for (const folder of ["proc/1", "run/cloud-init"])
    mkdirSync(join(root, folder), { recursive: true });
  now = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

const put = (path: string, text = "") => writeFileSync(join(root, path), text);
/** `name`: of the first process. */
function up(seconds: number, name = "systemd"): void {
  put("proc/uptime", `${100_000 + seconds}.25 1.00\n`);
  put("proc/1/stat", `1 (${name}) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 10000000 1 2\n`);
}

test("a server that has just started for the first time is left alone until its services run", () => {
  up(1);
  const isEarly = openFirstSetup(root, () => now);
  expect(isEarly()).toBe(true);
  up(50, "x) S 0 1");
  expect(isEarly()).toBe(false);
  up(1);
  expect(isEarly()).toBe(false);
});

test("until cloud-init is through, a quarter of an hour at the longest", () => {
  up(50);
  put("run/cloud-init/enabled");
  const isEarly = openFirstSetup(root, () => now);
  expect(isEarly()).toBe(true);
  put("run/cloud-init/result.json");
  expect(isEarly()).toBe(false);
  rmSync(join(root, "run/cloud-init/result.json"));
  const isStillEarly = openFirstSetup(root, () => now);
  expect(isStillEarly()).toBe(true);
  now = 15 * 60_000 + 1;
  expect(isStillEarly()).toBe(false);
});

test("where the first process is not to be seen, nothing is waited for", () => {
  expect(openFirstSetup(root, () => now)()).toBe(false);
});
