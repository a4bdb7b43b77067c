import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withDefaults } from "../../../src/config/syscheck-defaults.ts";
import { allChecks, anyDepth } from "../../../src/config/syscheck-directories.ts";
import { Syscheck, type WatchedDirectory } from "../../../src/config/syscheck-settings.ts";
import type { Baseline } from "../../../src/integrity/baseline/baseline.ts";
import { openBaseline } from "../../../src/integrity/baseline/open.ts";
import { paceOf } from "../../../src/integrity/pace.ts";
import { systemFiles } from "../../../src/integrity/rootcheck/checks/system-files.ts";
import { wholeFolders } from "../../../src/integrity/rootcheck/whole.ts";
import { scan } from "../../../src/integrity/scan.ts";
import { scratchGround, silent } from "./ground.ts";

let folder: string;
let root: string;
let baseline: Baseline;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "whole-"));
  root = join(folder, "root");
  baseline = openBaseline(folder, { log: silent, clock: () => 7 });
});

afterEach(() => {
  baseline.close();
  rmSync(folder, { recursive: true });
});

function put(path: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), "");
  chmodSync(join(root, path), mode);
}

function watching(path: string, more: Partial<WatchedDirectory> = {}): WatchedDirectory {
  const watched = { path, checks: allChecks, realtime: true, reportChanges: false };
  return { ...watched, depth: anyDepth, tags: [], ...more };
}

async function scanned(settings: Syscheck): Promise<void> {
  const run = () => Promise.resolve({ ok: true, output: "" } as const);
  const mountinfo = join(folder, "none");
  const pace = paceOf({ files: 0, bytes: 0 });
  for await (const _ of scan({ settings, baseline, root, run, mountinfo, pace }));
}

/** Which setuid files are found by these settings of syscheck, with the baseline as it is. */
async function found(syscheck: Syscheck, rootcheck = {}): Promise<(string | undefined)[]> {
  const { ground } = scratchGround(rootcheck);
  const isWatched = wholeFolders(syscheck, baseline, false);
  const signs = await systemFiles({ ...ground, root, isWatched, watched: baseline.within });
  return signs.map(({ file }) => file).toSorted();
}

test("where syscheck is switched off, what it once saw is not what is there", async () => {
  put("usr/bin/ls");
  const on = Syscheck.parse({ directories: [watching("/usr/bin")] });
  await scanned(on);
  put("usr/bin/new", 0o4755);
  expect(await found(on)).toEqual([]);
  expect(await found({ ...on, disabled: true })).toEqual(["/usr/bin/new"]);
});

test("capabilities that the baseline knows of, by their own name alone", async () => {
  put("usr/bin/ping");
  put("usr/bin/named");
  put("usr/bin/both", 0o4755);
  const on = Syscheck.parse({ directories: [watching("/usr/bin")] });
  await scanned(on);
  const having = (path: string, name: string) => {
    const entry = baseline.get(path);
    if (entry) baseline.refresh([{ ...entry, uid: 0, attributes: { [name]: "0100000200" } }]);
  };
  having("/usr/bin/ping", "security.capability");
  having("/usr/bin/both", "security.capability");
  having("/usr/bin/named", 'user."security.capability":');
  const { ground } = scratchGround();
  const isWatched = wholeFolders(on, baseline, false);
  const signs = await systemFiles({ ...ground, root, isWatched, watched: baseline.within });
  expect(signs.map(({ text }) => text).toSorted()).toEqual([
    "File '/usr/bin/both' of no package is setuid root and has capabilities: who runs it gets more rights.",
    "File '/usr/bin/ping' of no package has capabilities: who runs it gets more rights.",
  ]);
});

test("what syscheck has not walked to its end is walked", async () => {
  put("usr/bin/ls");
  await scanned(Syscheck.parse({ directories: [watching("/usr", { depth: 1 })] }));
  put("usr/bin/new", 0o4755);
  const deeper = Syscheck.parse({ directories: [watching("/usr")] });
  expect(await found(deeper)).toEqual(["/usr/bin/new"]);
});

test.each<[string, Partial<Syscheck>]>([
  ["a depth", { directories: [watching("/usr", { depth: 0 })] }],
  ["a depth below", { directories: [watching("/usr"), watching("/usr/lib", { depth: 0 })] }],
  ["a restriction", { directories: [watching("/usr", { restrict: "^/usr$|/a$" })] }],
  ["a beginning", { ignore: [{ kind: "prefix", pattern: "/USR/lib/x" }] }],
  ["half a name", { ignore: [{ kind: "prefix", pattern: "/usr/li" }] }],
  ["an anchored pattern", { ignore: [{ kind: "sregex", pattern: "^/a$|^/usr/lib/X/" }] }],
  ["an end", { ignore: [{ kind: "sregex", pattern: "suid$" }] }],
  ["any part", { ignore: [{ kind: "sregex", pattern: "/x/" }] }],
])("what %s keeps from syscheck is looked at all the same", async (_, settings) => {
  put("usr/a");
  put("usr/lib/x/suid", 0o4755);
  const syscheck = Syscheck.parse({ directories: [watching("/usr")], ...settings });
  await scanned(syscheck);
  expect(await found(syscheck)).toEqual(["/usr/lib/x/suid"]);
});

test("the baseline knows the folders of the defaults, but for those with something ignored", async () => {
  for (const path of [
    "usr/bin/a",
    "usr/sbin/a",
    "etc/ssh/a",
    "etc/cups/certs/a",
    "boot/grub/x/a",
  ]) {
    put(path);
  }
  const draft = { directories: [], ignore: [], nodiff: [] };
  const syscheck = Syscheck.parse(withDefaults(draft));
  await scanned(syscheck);
  const isWhole = wholeFolders(syscheck, baseline, false);
  const folders = [
    "/usr",
    "/usr/bin",
    "/usr/sbin",
    "/etc",
    "/etc/ssh",
    "/etc/cups",
    "/boot/grub/x",
  ];
  expect(folders.filter(isWhole)).toEqual(["/usr/bin", "/usr/sbin", "/etc/ssh", "/boot/grub/x"]);
});

test("networks that syscheck stays out of are walked where they are wanted", async () => {
  put("usr/bin/ls");
  const syscheck = Syscheck.parse({ directories: [watching("/usr/bin")], skipNfs: true });
  await scanned(syscheck);
  expect(wholeFolders(syscheck, baseline, true)("/usr/bin")).toBe(false);
  expect(wholeFolders(syscheck, baseline, false)("/usr/bin")).toBe(true);
});

test.each([
  ["a file", { kind: "prefix", pattern: "/usr/bin/SU" }],
  ["a folder", { kind: "sregex", pattern: "^/usr/bin/in$" }],
])("%s that rootcheck ignores is left out below a watched folder, too", async (_, ignore) => {
  put("usr/bin/in/su", 0o4755);
  put("usr/bin/su2", 0o4755);
  const syscheck = Syscheck.parse({ directories: [watching("/usr/bin")] });
  await scanned(syscheck);
  expect(await found(syscheck)).toEqual(["/usr/bin/in/su", "/usr/bin/su2"]);
  expect(await found(syscheck, { ignore: [ignore] })).toHaveLength(1);
});
