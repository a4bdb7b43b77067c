import { chmodSync, cpSync, linkSync, mkdirSync, renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Judging, openJudging } from "../../../src/bin/integrity/judging.ts";
import { Watching } from "../../../src/bin/integrity/watching.ts";
import type { Syscheck } from "../../../src/config/syscheck-settings.ts";
import type { Finding } from "../../../src/core/finding.ts";
import { type Maintenance, openMaintenance } from "../../../src/integrity/window.ts";
import { until } from "../../cli/scratch.ts";
import { openTree, settingsOf, type Tree, watching } from "../../integrity/tree.ts";
import { memoryLog } from "../../respond/machine.ts";

let tree: Tree;
let end: () => Promise<void> = async () => {};
beforeEach(() => {
  tree = openTree();
  tree.write("var/lib/dpkg/status", "");
  mkdirSync(tree.at("var/lib/dpkg/info"));
  tree.write("srv/a", "0");
});
afterEach(async () => {
  await end();
  tree.remove();
});

/** What the last `watchWith` opened, and how far its clock is ahead, in milliseconds. */
let last: Watching;
let judging: Judging;
let maintenance: Maintenance;
let ahead = 0;

/** Looks again each time it is called, and returns what is told. */
async function watchWith(settings: Syscheck, isFirst = true): Promise<() => Promise<Finding[]>> {
  const { root, scratch, baseline } = tree;
  const log = memoryLog();
  const means = { root, baseline, clock: () => Date.now() + ahead, log };
  judging = openJudging({ ...means, folder: scratch });
  maintenance = openMaintenance(join(scratch, "window.json"), Date.now, log);
  const one = new Watching({
    ...means,
    settings,
    judging,
    isEarly: () => false,
    threads: { script: new URL("file:///nowhere"), most: 0 },
    maintenance,
    tell: () => {},
    wake: () => {},
  });
  last = one;
  end = async () => {
    end = async () => {};
    await one.end();
    judging.close();
  };
  const look = async () => {
    const told = baseline.waiting(1000).at(-1)?.id ?? 0;
    await one.integrity.scan(true);
    return baseline.waiting(1000, told).map(({ finding }) => finding);
  };
  if (isFirst) await look();
  return look;
}

// Not seen as they happen, so that each look finds what was written before it.
const srv = watching("/srv", { realtime: false, tags: ["shop", "web"] });

test("auto_ignore: the fourth change of a file is taken in and counted, not told", async () => {
  const look = await watchWith(settingsOf([srv], { autoIgnore: true }));
  const told: number[] = [];
  for (let n = 1; n <= 5; n++) {
    tree.write("srv/a", "x".repeat(n));
    told.push((await look()).length);
  }
  expect(told).toEqual([1, 1, 1, 0, 0]);
  expect(tree.baseline.history("/srv/a")).toHaveLength(5);
  expect(tree.baseline.outstandingOf("/srv/a")).toMatchObject({ changes: 5, now: { size: 5 } });
  chmodSync(tree.at("srv/a"), 0o4755);
  expect(await look()).toMatchObject([{ fields: { privileges: "setuid" } }]);
});

test("alert_new_files: a new file is taken in and counted, not told; a setuid one is told", async () => {
  const look = await watchWith(settingsOf([srv], { alertNewFiles: false }));
  tree.write("srv/new", "new");
  expect(await look()).toEqual([]);
  expect(tree.baseline.history("/srv/new")).toHaveLength(1);
  expect(tree.baseline.outstandingOf("/srv/new")?.changes).toBe(1);
  tree.write("srv/su", "su");
  chmodSync(tree.at("srv/su"), 0o4755);
  expect(await look()).toMatchObject([{ fields: { filename: "/srv/su" } }]);
});

test("tags: what is new, changed and gone has those of its folder", async () => {
  const look = await watchWith(settingsOf([srv]));
  tree.write("srv/a", "changed");
  tree.write("srv/new", "new");
  const told = await look();
  rmSync(tree.at("srv/new"));
  told.push(...(await look()));
  expect(told.map(({ fields }) => [fields["action"], fields["tags"]])).toEqual([
    ["modified", "shop,web"],
    ["added", "shop,web"],
    ["deleted", "shop,web"],
  ]);
  for (const { text } of told) expect(text).toMatch(/^Tags: shop,web$/m);
});

test("3,000 new files are one finding beside the setuid one, and each is in the history", async () => {
  const look = await watchWith(settingsOf([srv]));
  for (let n = 0; n < 3000; n++) tree.write(`srv/app/${n}`, "");
  tree.write("srv/app/su", "su");
  chmodSync(tree.at("srv/app/su"), 0o4755);
  expect(await look()).toMatchObject([{ fields: { filename: "/srv/app/su" } }]);
  ahead += 3000;
  const [finding, ...more] = due();
  expect(finding?.text).toMatch(/^3001 files added below '\/srv\/app\/'$/m);
  expect(more).toEqual([]);
  const past = tree.baseline.historyWithin("/srv/app", 10_000);
  expect(new Set(past.map(({ change }) => change.after?.path)).size).toBe(3002);
  expect(tree.baseline.counts().outstanding).toBe(3002);
});

test("what maintenance takes in quietly is not told later on", async () => {
  const look = await watchWith(settingsOf([srv]));
  maintenance.begin(Date.now() + 60_000, "more");
  for (let n = 0; n < 30; n++) tree.write(`srv/app/${n}`, "");
  expect(await look()).toEqual([]);
  ahead += 3000;
  expect(due()).toEqual([]);
});

function due(): Finding[] {
  const told: Finding[] = [];
  judging.tellDue((findings) => told.push(...findings));
  return told;
}

/** Lets time go by, in seconds, and returns whether everything is looked at then, and whether every file is read. */
async function after(seconds: number): Promise<"read" | "look" | undefined> {
  ahead += seconds * 1000;
  last.tick();
  if (!last.integrity.state().scanning) return undefined;
  return (await last.integrity.scan(false)).full ? "read" : "look";
}

const watches = () =>
  until(() => last.realtime.problem === undefined, "every folder to be watched");
const tellsOf = (path: string) =>
  until(() => tree.baseline.history(path).length > 0, `a change of ${path}`);

test("what is mounted over a watched folder is looked at and watched, and what was there when it goes again", async () => {
  // A mount over everything, for one over a folder needs a root: inotify tells of neither.
  const mount = (to: string, text: string) => {
    renameSync(tree.root, join(tree.scratch, `aside-${to}`));
    renameSync(join(tree.scratch, to), tree.root);
    tree.write("proc/self/mountinfo", text);
  };
  tree.write("../other/srv/there", "x");
  cpSync(tree.at("var"), join(tree.scratch, "other/var"), { recursive: true });
  await watchWith(settingsOf(["/srv"], { scanOnStart: false }));
  await watches();
  expect(await after(4)).toBe(undefined);
  mount("other", "36 35 98:0 / /srv rw - tmpfs none rw\n");
  expect(await after(4)).toBe(undefined);
  await watches();
  expect(await after(1)).toBe("look");
  await tellsOf("/srv/there");
  tree.write("srv/later", "x");
  await tellsOf("/srv/later");
  mount("aside-other", "");
  await after(4);
  await watches();
  expect(await after(1)).toBe("look");
  tree.write("srv/after", "x");
  await tellsOf("/srv/after");
});

test("a write by a name in a folder that is not watched is told within a minute", async () => {
  mkdirSync(tree.at("aside"));
  linkSync(tree.at("srv/a"), tree.at("aside/a"));
  await watchWith(settingsOf(["/srv"]));
  await watches();
  await after(1);
  tree.write("aside/a", "changed");
  expect(await after(59)).toBe(undefined);
  await tellsOf("/srv/a");
});

test("how many folders are watched is said as it is", async () => {
  await watchWith(settingsOf(["/srv"]));
  await watches();
  const before = last.realtime.folders;
  mkdirSync(tree.at("srv/more/yet"), { recursive: true });
  await until(() => last.realtime.folders === before + 2, "two more folders");
  rmSync(tree.at("srv/more"), { recursive: true });
  await until(() => last.realtime.folders === before, "as many as before");
});

test("every file is read once a day, however often the process is started", async () => {
  const done: unknown[] = [];
  for (let hours = 0; hours < 50; hours += 10) {
    await watchWith(settingsOf([srv]), false);
    done.push(await after(1));
    await end();
    ahead += 36_000_000;
  }
  expect(done).toEqual(["read", "look", "look", "read", "look"]);
});

test("a reading that was stopped is none", async () => {
  await watchWith(settingsOf([srv]));
  const before = tree.baseline.looks();
  expect(before.read).toBeDefined();
  truncateSync(tree.at("srv/a"), 200_000_000);
  const reading = last.integrity.scan(true);
  await end();
  expect((await reading).problem).toBe("it was stopped");
  expect(tree.baseline.looks()).toEqual(before);
});

test("nodiff that comes later hides what was kept before, also of a file that goes", async () => {
  const shown = watching("/srv", { realtime: false, reportChanges: true });
  tree.write("srv/b", "hunter2\n");
  const before = await watchWith(settingsOf([shown]));
  tree.write("srv/b", "hunter3\n");
  expect((await before())[0]?.text).toContain("-hunter2");
  await end();
  const nodiff = [{ kind: "prefix" as const, pattern: "/srv/" }];
  const look = await watchWith(settingsOf([shown], { nodiff }));
  tree.write("srv/b", "changed\n");
  const texts = (await look()).map(({ text }) => text);
  rmSync(tree.at("srv/b"));
  texts.push(...(await look()).map(({ text }) => text));
  expect(texts).toHaveLength(2);
  for (const text of texts) {
    expect(text).toContain("<Diff truncated because nodiff option>");
    expect(text).not.toMatch(/hunter|changed\n/);
  }
});
