import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Finding } from "../../src/core/finding.ts";
import type { Change, Entry, JudgedChange } from "../../src/integrity/entry.ts";
import { Integrity, type Means } from "../../src/integrity/integrity.ts";
import { openMaintenance } from "../../src/integrity/window.ts";

const log = { info() {}, warn() {}, error() {} };

test("what is seen to change is judged, taken and told; what comes meanwhile is not lost", async () => {
  const site = world();
  site.put("/etc/a", "/etc/b");
  site.integrity.suspect(["/etc/a"]);
  site.integrity.suspect(["/etc/b"]);
  await expect.poll(() => site.told).toEqual(["/etc/a", "/etc/b"]);
  site.integrity.suspect(["/etc/a"]);
  await site.integrity.inTurn(() => undefined);
  expect(site.told).toEqual(["/etc/a", "/etc/b"]);
});

test("a scan and what is seen meanwhile tell of each change once", async () => {
  const site = world();
  const paths = Array.from({ length: 300 }, (_, n) => `/usr/bin/${n}`);
  site.put(...paths);
  const scan = site.integrity.scan(false);
  site.integrity.suspect(paths);
  const result = await scan;
  await expect.poll(() => site.told.length).toBe(300);
  expect(new Set(site.told).size).toBe(300);
  expect(result.problem).toBeUndefined();
  expect(site.integrity.state()).toEqual({ scanning: false, last: result });
});

test("who wants everything read does not get a scan that reads less", async () => {
  const site = world();
  const quick = site.integrity.scan(false);
  const [full, joined] = [site.integrity.scan(true), site.integrity.scan(false)];
  expect((await quick).full).toBe(false);
  expect((await full).full).toBe(true);
  expect(await joined).toBe(await quick);
});

test("what a running transaction may explain is looked at again until it is judged", async () => {
  const site = world();
  site.waits.add("/usr/bin/ssh");
  site.put("/usr/bin/ssh");
  site.integrity.suspect(["/usr/bin/ssh"]);
  await expect.poll(() => site.judgements).toBeGreaterThan(2);
  expect(site.told).toEqual([]);
  site.waits.clear();
  await expect.poll(() => site.told).toEqual(["/usr/bin/ssh"]);
});

test("an end waits for no verdict; what has none by then is not taken", async () => {
  const site = world();
  site.put("/etc/endless");
  site.integrity.suspect(["/etc/endless"]);
  await expect.poll(() => site.judgements).toBe(1);
  await site.integrity.stop();
  expect(site.taken).toEqual([]);
  expect(site.errors).toEqual([]);
});

test("a fault while judging is told, and the rest goes on", async () => {
  const site = world();
  site.put("/etc/bad");
  site.integrity.suspect(["/etc/bad"]);
  await expect.poll(() => site.errors.length).toBe(1);
  site.put("/etc/good");
  site.integrity.suspect(["/etc/good"]);
  await expect.poll(() => site.told).toEqual(["/etc/good"]);
});

test("in a maintenance window changes are taken and listed, not told", async () => {
  const site = world();
  site.maintenance.begin(Date.now() + 60_000, "new kernel");
  site.put("/etc/a");
  site.integrity.suspect(["/etc/a"]);
  await expect.poll(() => site.taken).toEqual(["/etc/a"]);
  expect(site.told).toEqual([]);
  expect(site.accepted).toEqual(["/etc/a"]);
  expect(site.maintenance.over()).toBeUndefined();
  expect(site.maintenance.over(true)).toMatchObject({
    why: "new kernel",
    changes: 1,
    named: [["/etc/a", "added"]],
  });
  expect(site.maintenance.now()).toBeUndefined();
});

test("what happened before the window began is told, though it is seen in it", async () => {
  const site = world();
  site.put("/etc/evil");
  await new Promise((resolve) => setTimeout(resolve, 100));
  site.maintenance.begin(Date.now() + 60_000, "new kernel");
  site.put("/etc/a");
  site.integrity.suspect(["/etc/evil", "/etc/a"]);
  await expect.poll(() => site.taken).toEqual(["/etc/evil", "/etc/a"]);
  expect(site.told).toEqual(["/etc/evil"]);
  expect(site.accepted).toEqual(["/etc/a"]);
  expect(site.maintenance.over(true)).toMatchObject({ named: [["/etc/a", "added"]] });
});

test("a window outlives the process and ends on time", () => {
  const file = join(mkdtempSync(join(tmpdir(), "window-")), "window.json");
  let now = 1000;
  openMaintenance(file, () => now, log).begin(5000, "why");
  const again = openMaintenance(file, () => now, log);
  expect(again.now()?.why).toBe("why");
  now = 5000;
  expect(again.over()?.until).toBe(5000);
  expect(openMaintenance(file, () => now, log).now()).toBeUndefined();
});

/** Files that are there and files that are known, and nothing else. */
function world() {
  const there = new Map<string, Entry>();
  const known = new Map<string, Entry>();
  const waits = new Set<string>();
  const errors: string[] = [];
  const told: string[] = [];
  const taken: string[] = [];
  const accepted: string[] = [];
  let judgements = 0;
  const differing = (paths: Iterable<string>): Change[] =>
    [...paths].flatMap((path) => {
      const after = there.get(path);
      if (!after || known.has(path)) return [];
      return [{ action: "added" as const, before: undefined, after }];
    });
  const file = join(mkdtempSync(join(tmpdir(), "integrity-")), "window.json");
  const maintenance = openMaintenance(file, Date.now, log);
  const means: Means = {
    async *scan() {
      const paths = [...there.keys()];
      while (paths.length > 0) yield differing(paths.splice(0, 50));
    },
    lookAgain: async (paths) => differing(paths),
    async judge(changes) {
      judgements += 1;
      await new Promise((resolve) => setImmediate(resolve));
      const paths = changes.map(({ after }) => after?.path ?? "");
      if (paths.includes("/etc/endless")) await new Promise(() => {});
      if (paths.includes("/etc/bad")) throw new Error("cannot");
      const ready = changes.filter(({ after }) => !waits.has(after?.path ?? ""));
      return {
        judged: ready.map(judged),
        findings: ready.map(({ after }) => finding(after?.path ?? "")),
        wait: changes.filter((change) => !ready.includes(change)),
      };
    },
    take({ judged, findings }, isQuiet) {
      const entries = judged.flatMap(({ change }) => change.after ?? []);
      for (const one of entries) known.set(one.path, one);
      const paths = entries.map((one) => one.path);
      taken.push(...paths);
      if (isQuiet) accepted.push(...paths);
      else told.push(...findings.map(({ fields }) => fields["filename"] ?? ""));
    },
    maintenance,
    log: { ...log, error: (text) => errors.push(text) },
    clock: Date.now,
    againMilliseconds: 5,
  };
  return {
    integrity: new Integrity(means),
    maintenance,
    waits,
    told,
    taken,
    accepted,
    errors,
    get judgements() {
      return judgements;
    },
    put(...paths: string[]) {
      for (const path of paths) there.set(path, entry(path));
    },
  };
}

function judged(change: Change): JudgedChange {
  return { change, verdict: "plain", package: undefined, transaction: undefined, reason: "" };
}

function finding(filename: string): Finding {
  return {
    at: 0,
    decoder: "syscheck_new_entry",
    location: "syscheck",
    text: "",
    fields: { filename },
  };
}

function entry(path: string): Entry {
  return {
    path,
    kind: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
    ctime: Date.now(),
    inode: 1,
    device: 1,
    sha256: undefined,
    target: undefined,
    attributes: undefined,
  };
}
