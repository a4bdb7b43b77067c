import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { atRest } from "../../../src/integrity/packages/at-rest.ts";

let folder: string;
let procLocks: string;
let runs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "at-rest-"));
  procLocks = join(folder, "locks");
  mkdirSync(join(folder, "info"));
  writeFileSync(join(folder, "lock"), "");
  writeFileSync(procLocks, "");
  runs = 0;
});

/** As /proc/locks shows it. */
function hold(isHeld: boolean): void {
  const row = `1: POSIX  ADVISORY  WRITE 99 00:2a:${statSync(join(folder, "lock")).ino} 0 EOF\n`;
  writeFileSync(procLocks, isHeld ? row : "");
}

const count = async () => {
  runs += 1;
  return runs;
};

test("where no package comes or goes it is done once", async () => {
  expect(await atRest({ folder, procLocks }, count)).toBe(1);
});

test("it waits for dpkg to end", async () => {
  hold(true);
  setTimeout(() => hold(false), 30);
  const locks = await atRest({ folder, procLocks, between: 5 }, async () =>
    readFileSync(procLocks, "latin1"),
  );
  expect(locks).toBe("");
});

test("what a package disturbed is done again, also where dpkg has ended meanwhile", async () => {
  const disturbed = async () => {
    if (runs === 0) writeFileSync(join(folder, "info/x.list"), "/usr/bin/x\n");
    if (runs === 1) hold(true);
    if (runs === 1) setTimeout(() => hold(false), 30);
    return count();
  };
  expect(await atRest({ folder, procLocks, between: 5 }, disturbed)).toBe(3);
});

test("whoever holds the lock for good does not keep it from being done", async () => {
  hold(true);
  expect(await atRest({ folder, procLocks, between: 5, longest: 30 }, count)).toBe(1);
});
