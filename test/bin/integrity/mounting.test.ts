import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openMounting } from "../../../src/bin/integrity/mounting.ts";
import { settingsOf } from "../../integrity/tree.ts";

let folder: string;
let now = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stockade-mounts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const mountinfo = () => join(folder, "mountinfo");
const mounted = (...paths: string[]) =>
  writeFileSync(
    mountinfo(),
    ["/", ...paths].map((path) => `36 35 98:0 / ${path} rw - tmpfs none rw\n`).join(""),
  );

test("what is mounted over a watched folder, on the way to it, or goes again is noticed once", () => {
  mounted("/proc");
  const isOther = openMounting(settingsOf(["/etc", "/usr/bin"]), mountinfo(), () => now);
  const ask = () => {
    now += 3000;
    return isOther();
  };
  expect(ask()).toBe(false);
  mounted("/proc", "/etc/cron.d");
  expect([ask(), ask()]).toEqual([true, false]);
  mounted("/proc", "/etc/cron.d", "/usr");
  expect([ask(), ask()]).toEqual([true, false]);
  mounted("/proc", "/usr");
  expect([ask(), ask()]).toEqual([true, false]);
});

test("what is mounted elsewhere, as containers do all the time, is nothing", () => {
  mounted();
  const isOther = openMounting(settingsOf(["/etc"]), mountinfo(), () => now);
  mounted("/var/lib/docker/overlay2/x/merged", "/run/user/1000");
  now += 3000;
  expect(isOther()).toBe(false);
});

test("who mounts again and again has everything looked at six times in ten minutes", () => {
  mounted();
  const isOther = openMounting(settingsOf(["/home"]), mountinfo(), () => now);
  let times = 0;
  for (const end = now + 600_000; now < end; now += 3000) {
    mounted(...(now % 2 === 0 ? ["/home/eve"] : []));
    if (isOther()) times += 1;
    now += 3;
  }
  expect(times).toBe(6);
  now += 600_000;
  mounted("/home/ana");
  expect(isOther()).toBe(true);
});
