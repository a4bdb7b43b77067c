import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Change } from "../../../src/integrity/entry.ts";
import { changesSince, judgeOf, looks, scratchSystem } from "../scratch-system.ts";
import { logTime, logTransaction, shortly } from "./transactions.ts";

const day = 86_400_000;
let system: ReturnType<typeof scratchSystem>;
beforeEach(() => {
  system = scratchSystem();
});
afterEach(() => system.remove());

/** What an upgrade's scripts may take away: the boot loader's, a kernel's, the linker's, links and folders of nobody. */
const grub = "/boot/grub/grub.cfg";
const kernel = "/boot/initrd.img-6.1";
const cache = "/etc/ld.so.cache";
const link = "/etc/gone-link";
const unit = "/etc/systemd/system/my.service";
const folder = "/etc/my-folder";
const six = [grub, kernel, cache, link, unit, folder];
const upgrade = [
  "upgrade base:all 0 1",
  "upgrade linux-image-6.1:amd64 1 2",
  "trigproc libc-bin:amd64 2 <none>",
];

test("what is deleted 20 days after an upgrade is told as if there had been none", async () => {
  const changes = olderBy(21 * day, deleted(six));
  const without = await verdicts(changes, 0);
  logTransaction(system, Date.now() - 20 * day, ...upgrade);
  expect(await verdicts(changes, 0)).toEqual(without);
  expect(without).toEqual(Object.fromEntries(six.map((path) => [path, "unowned"])));
});

test("what was deleted before a transaction is not its doing", async () => {
  const changes = deleted(six);
  logTransaction(system, Date.now() + 60_000, ...upgrade);
  expect(Object.values(await verdicts(changes, day))).toEqual(six.map(() => "unowned"));
});

test("what is deleted during the transaction is a side effect of it, however late that is noticed", async () => {
  const changes = deleted(six);
  logTransaction(system, Date.now(), ...upgrade);
  const expected = Object.fromEntries(six.map((path) => [path, "side-effect"]));
  expect(await verdicts(changes, 60_000)).toEqual(expected);
  expect(await verdicts(changes, day)).toEqual(expected);
});

test("of what lay in folders that are gone too, the folder that is left tells the time", async () => {
  const paths = ["/etc/a", "/etc/a/b", "/etc/a/b/c", "/etc/a/b/c/gone-link"];
  const before = made(paths);
  rmSync(join(system.root, "/etc/a"), { recursive: true });
  const changes = changesSince(system, before);
  expect(changes).toHaveLength(4);
  logTransaction(system, Date.now(), ...upgrade);
  expect(Object.values(await verdicts(changes, day))).toEqual(paths.map(() => "side-effect"));
});

test("where the folder changed again later, the time of noticing counts, not that of judging", async () => {
  const changes = olderBy(day, deleted([cache]));
  // The transaction ended well before what changed the folder last.
  logTransaction(system, Date.now() - 9_000, ...upgrade);
  expect(await verdicts(changes, 60_000)).toEqual({ [cache]: "unowned" });
  expect(await verdicts(changes, 0)).toEqual({ [cache]: "side-effect" });
  let now = Date.now();
  const { judge } = judgeOf(system, { now: () => now });
  expect((await judge.judge(changes, true)).wait).toEqual(changes);
  now += 60_000;
  expect((await judge.judge(changes)).judged).toMatchObject([{ verdict: "side-effect" }]);
});

test("what a removed package had is explained, whenever it is noticed", async () => {
  const files = { "/usr/bin/tool": "tool\n", "/usr/share/tool/data": "data\n" };
  system.install({ name: "tool", version: "1", files });
  const list = "/var/lib/dpkg/info/tool.list";
  const before = looks(system, ...Object.keys(files), "/usr/share/tool", list);
  system.dpkg("-P", "tool");
  const changes = olderBy(10 * day, changesSince(system, before));
  const log = join(system.root, "var/log/dpkg.log");
  const late = logTime(Date.now() - 5 * day);
  writeFileSync(log, readFileSync(log, "utf8").replace(/^\S+ \S+/gm, late));
  const owners = Object.fromEntries(
    [...Object.keys(files), "/usr/share/tool"].map((path) => [path, "tool"]),
  );
  expect(await verdicts(changes, 0, owners)).toEqual({
    "/usr/bin/tool": "explained",
    "/usr/share/tool/data": "explained",
    "/usr/share/tool": "explained",
    [list]: "side-effect",
  });
});

test("a file that its package still has, deleted later, does not count to an old transaction", async () => {
  system.install({ name: "tool", version: "1", files: { "/usr/bin/tool": "tool\n" } });
  const before = looks(system, "/usr/bin/tool", "/var/lib/dpkg/info/tool.md5sums");
  for (const path of before.keys()) rmSync(join(system.root, path));
  const changes = olderBy(10 * day, changesSince(system, before));
  const log = join(system.root, "var/log/dpkg.log");
  const late = logTime(Date.now() - 5 * day);
  writeFileSync(log, readFileSync(log, "utf8").replace(/^\S+ \S+/gm, late));
  const { judge } = judgeOf(system, { now: Date.now });
  const { judged } = await judge.judge(changes);
  expect(judged).toMatchObject([
    { verdict: "differs", transaction: undefined },
    { verdict: "tools", transaction: undefined },
  ]);
});

/** The verdicts by path, once the changes are noticed this many milliseconds from now. */
async function verdicts(
  changes: readonly Change[],
  noticed: number,
  owners: Readonly<Record<string, string>> = {},
) {
  const { judge } = judgeOf(system, { owners, now: shortly(noticed) });
  const { judged, wait } = await judge.judge(changes);
  expect(wait).toEqual([]);
  return Object.fromEntries(
    judged.map(({ change, verdict }) => [(change.after ?? change.before).path, verdict]),
  );
}

function deleted(paths: readonly string[]): Change[] {
  const before = made(paths);
  for (const path of paths) rmSync(join(system.root, path), { recursive: true });
  return changesSince(system, before);
}

function made(paths: readonly string[]) {
  for (const path of paths) {
    const at = join(system.root, path);
    mkdirSync(dirname(at), { recursive: true });
    if (/link|service/.test(path)) symlinkSync("/opt/elsewhere", at);
    else if (/\.|cache/.test(path)) writeFileSync(at, path);
    else mkdirSync(at, { recursive: true });
  }
  return looks(system, ...paths);
}

/** As if the files had last been changed that long ago. */
function olderBy(milliseconds: number, changes: readonly Change[]): Change[] {
  return changes.map((change) =>
    change.action === "deleted"
      ? { ...change, before: { ...change.before, ctime: change.before.ctime - milliseconds } }
      : change,
  );
}
