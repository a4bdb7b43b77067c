import { chmodSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Change } from "../../src/integrity/entry.ts";
import { pastTheLog } from "./judging/transactions.ts";
import {
  atWork,
  type Built,
  changesSince,
  judgeOf,
  looks,
  scratchSystem,
  sha256,
} from "./scratch-system.ts";

let system: ReturnType<typeof scratchSystem>;
beforeEach(() => {
  system = scratchSystem();
});
afterEach(() => system.remove());

const tool = (version: string, more: Partial<Built> = {}): Built => ({
  name: "tool",
  version,
  files: {
    "/usr/bin/tool": `tool ${version}\n`,
    "/usr/share/tool/data": `data ${version}\n`,
    "/usr/bin/tool-link": "-> tool",
    "/etc/tool.conf": `setting ${version}\n`,
  },
  conffiles: ["/etc/tool.conf"],
  ...more,
});

/** The verdicts on these changes, by path, once nothing waits any more. */
async function verdicts(changes: Change[], options: Parameters<typeof judgeOf>[1] = {}) {
  const { judge } = judgeOf(system, options);
  const { judged, wait } = await judge.judge(changes);
  expect(wait).toEqual([]);
  return Object.fromEntries(
    judged.map((one) => [(one.change.after ?? one.change.before).path, one]),
  );
}

const short = (all: Record<string, { verdict: string; package: string | undefined }>) =>
  Object.fromEntries(
    Object.entries(all).map(([path, one]) => [path, `${one.verdict} ${one.package}`]),
  );

/** Waits until the clock of dpkg's log, which counts seconds and is given some slack, has left what was done behind. */
const later = { now: () => Date.now() + 60_000 };

test("what an install brings is explained", async () => {
  const before = looks(
    system,
    "/usr/bin/tool",
    "/usr/share/tool",
    "/usr/share/tool/data",
    "/usr/bin/tool-link",
    "/etc/tool.conf",
  );
  system.install(tool("1"));
  const all = await verdicts(changesSince(system, before));
  expect(short(all)).toEqual({
    "/usr/bin/tool": "explained tool",
    "/usr/share/tool": "explained tool",
    "/usr/share/tool/data": "explained tool",
    "/usr/bin/tool-link": "explained tool",
    "/etc/tool.conf": "explained tool",
  });
  expect(new Set(Object.values(all).map(({ transaction }) => transaction)).size).toBe(1);
  expect(all["/usr/bin/tool"]?.transaction).toMatch(/^dpkg-\d{8}-\d{6}$/);
});

test("an upgrade is explained, what it takes away too", async () => {
  system.install(tool("1"));
  const before = looks(system, "/usr/bin/tool", "/usr/share/tool/data");
  system.install(tool("2", { files: { "/usr/bin/tool": "tool 2\n" }, conffiles: [] }));
  const all = await verdicts(changesSince(system, before), {
    ...later,
    owners: { "/usr/share/tool/data": "tool" },
  });
  expect(short(all)).toEqual({
    "/usr/bin/tool": "explained tool",
    "/usr/share/tool/data": "explained tool",
  });
  expect(all["/usr/share/tool/data"]?.reason).toBe("tool has it no more");
});

test("a one-off change right after the upgrade is not explained by it", async () => {
  system.install(tool("1"));
  const before = looks(system, "/usr/bin/tool", "/usr/share/tool/data");
  system.install(tool("2"));
  writeFileSync(join(system.root, "/usr/bin/tool"), "tool 2, and more\n");
  const all = await verdicts(changesSince(system, before));
  expect(short(all)).toEqual({
    "/usr/bin/tool": "differs tool",
    "/usr/share/tool/data": "explained tool",
  });
  expect(all["/usr/bin/tool"]?.reason).toMatch(
    /^the content is not what tool 2 recorded, although dpkg-\S+ has just installed it$/,
  );
});

test("the old content put back after an upgrade is not explained", async () => {
  system.install(tool("1"));
  const before = looks(system, "/usr/bin/tool");
  system.install(tool("2"));
  writeFileSync(join(system.root, "/usr/bin/tool"), "tool 1\n");
  expect(short(await verdicts(changesSince(system, before)))).toEqual({
    "/usr/bin/tool": "differs tool",
  });
});

test("tampering without a transaction, of each kind", async () => {
  system.install(tool("1"), {
    name: "other",
    version: "3",
    files: {
      "/usr/bin/other": "other\n",
      "/usr/bin/third": "third\n",
      "/usr/bin/fourth": "fourth\n",
    },
  });
  pastTheLog(system);
  const before = looks(
    system,
    "/usr/bin/tool",
    "/usr/share/tool/data",
    "/usr/bin/tool-link",
    "/etc/tool.conf",
    "/usr/bin/other",
    "/usr/bin/evil",
    "/usr/local/bin/mine",
    "/usr/bin/third",
    "/usr/bin/fourth",
  );
  system.put("/usr/bin/tool", "tampered\n");
  rmSync(join(system.root, "/usr/share/tool/data"));
  rmSync(join(system.root, "/usr/bin/tool-link"));
  symlinkSync("/tmp/evil", join(system.root, "/usr/bin/tool-link"));
  system.put("/etc/tool.conf", "edited\n");
  chmodSync(join(system.root, "/usr/bin/other"), 0o4755);
  chmodSync(join(system.root, "/usr/bin/third"), 0o777);
  rmSync(join(system.root, "/usr/bin/fourth"));
  symlinkSync("third", join(system.root, "/usr/bin/fourth"));
  system.put("/usr/bin/evil", "evil\n");
  system.put("/usr/local/bin/mine", "mine\n");
  expect(short(await verdicts(changesSince(system, before), later))).toEqual({
    "/usr/bin/tool": "differs tool",
    "/usr/share/tool/data": "differs tool",
    "/usr/bin/tool-link": "differs tool",
    "/etc/tool.conf": "conffile tool",
    "/usr/bin/other": "matches other",
    "/usr/bin/third": "differs other",
    "/usr/bin/fourth": "differs other",
    "/usr/bin/evil": "unowned undefined",
    "/usr/local/bin/mine": "plain undefined",
  });
});

test("without checksums nothing is verified", async () => {
  const before = looks(system, "/usr/bin/tool", "/usr/share/tool/data");
  system.install(tool("1"));
  // dpkg makes checksums itself where a package brings none, so they have to be lost.
  rmSync(join(system.root, "/var/lib/dpkg/info/tool.md5sums"));
  const all = await verdicts(changesSince(system, before));
  expect(short(all)["/usr/bin/tool"]).toBe("unverified tool");
  expect(all["/usr/bin/tool"]?.reason).toMatch(/^the checksums of tool 1 cannot be read: ENOENT/);
});

test("an unreadable database is a verdict, not an error", async () => {
  system.install(tool("1"));
  const before = looks(system, "/usr/bin/tool");
  system.put("/usr/bin/tool", "tampered\n");
  rmSync(join(system.root, "/var/lib/dpkg/info"), { recursive: true });
  let now = Date.now();
  const { judge } = judgeOf(system, { now: () => now });
  const changes = changesSince(system, before);
  // A moment later it may be there again, when dpkg is at work.
  expect((await judge.judge(changes)).wait).toEqual(changes);
  now += 3000;
  expect((await judge.judge(changes)).judged).toMatchObject([
    {
      verdict: "unverified",
      reason: expect.stringMatching(/^the package database cannot be read: ENOENT/),
    },
  ]);
});

test("diverted files are compared with what their own package recorded", async () => {
  system.install(tool("1"));
  system.divert("/usr/bin/tool", "/usr/bin/tool.real", "wrapper");
  const before = looks(system, "/usr/bin/tool", "/usr/bin/tool.real");
  system.install({ name: "wrapper", version: "1", files: { "/usr/bin/tool": "wrapper\n" } });
  expect(short(await verdicts(changesSince(system, before)))).toEqual({
    "/usr/bin/tool": "explained wrapper",
  });
  system.install(tool("2"));
  expect(short(await verdicts(changesSince(system, before)))).toEqual({
    "/usr/bin/tool": "explained wrapper",
    "/usr/bin/tool.real": "explained tool",
  });
  pastTheLog(system);
  system.put("/usr/bin/tool.real", "wrapper\n");
  expect(short(await verdicts(changesSince(system, before), later))["/usr/bin/tool.real"]).toBe(
    "differs tool",
  );
});

test("on a merged /usr a package's file in /bin is that in /usr/bin", async () => {
  const before = looks(system, "/usr/bin/old-name", "/bin/old-name");
  system.install({ name: "old", version: "1", files: { "/bin/old-name": "old\n" } });
  expect(short(await verdicts(changesSince(system, before)))).toEqual({
    "/usr/bin/old-name": "explained old",
    "/bin/old-name": "explained old",
  });
});

test("a removed package's files are explained, its settings when it is purged", async () => {
  system.install(tool("1"));
  const owners = { "/usr/bin/tool": "tool", "/etc/tool.conf": "tool" };
  const before = looks(system, "/usr/bin/tool", "/etc/tool.conf");
  system.dpkg("-r", "tool");
  expect(short(await verdicts(changesSince(system, before), { ...later, owners }))).toEqual({
    "/usr/bin/tool": "explained tool",
  });
  system.dpkg("-P", "tool");
  expect(short(await verdicts(changesSince(system, before), { ...later, owners }))).toEqual({
    "/usr/bin/tool": "explained tool",
    "/etc/tool.conf": "explained tool",
  });
});

test("while more comes, what a transaction did waits, to be told as one", async () => {
  const before = looks(system, "/usr/bin/tool");
  system.install(tool("1"));
  const { judge } = judgeOf(system);
  const changes = changesSince(system, before);
  expect((await judge.judge(changes, true)).wait).toEqual(changes);
  expect((await judge.judge(changes)).judged).toMatchObject([{ verdict: "explained" }]);
});

test("what was there for a moment and is gone is no change", async () => {
  const before = looks(system, "/usr/bin/tool.dpkg-tmp");
  system.put("/usr/bin/tool.dpkg-tmp", "for a moment\n");
  const changes = changesSince(system, before);
  rmSync(join(system.root, "/usr/bin/tool.dpkg-tmp"));
  let now = Date.now() + 60_000;
  const { judge } = judgeOf(system, { now: () => now });
  expect((await judge.judge(changes)).wait).toEqual(changes);
  now += 11_000;
  expect(await judge.judge(changes)).toMatchObject({ judged: [], wait: [] });
});

test("who had a package installed is known for some minutes", async () => {
  system.install(tool("1"));
  const { judge } = judgeOf(system);
  const found = await judge.justInstalled(["tool", "other"]);
  expect([...found.keys()]).toEqual(["tool"]);
  const { judge: afterwards } = judgeOf(system, { now: () => Date.now() + 11 * 60_000 });
  expect((await afterwards.justInstalled(["tool"])).size).toBe(0);
});

test("what verdicts rest on is always told, explained or not", async () => {
  const dpkg = { name: "dpkg", version: "1", files: { "/usr/bin/dpkg": "dpkg\n" } };
  const before = looks(
    system,
    "/usr/bin/dpkg",
    "/usr/lib/stockade/stockaded.mjs",
    "/var/lib/dpkg/info/dpkg.md5sums",
  );
  system.install(dpkg);
  system.put("/usr/lib/stockade/stockaded.mjs", "ours\n");
  const all = await verdicts(changesSince(system, before), { tools: ["/usr/lib/stockade"] });
  expect(all["/usr/bin/dpkg"]).toMatchObject({
    verdict: "tools",
    otherwise: "explained",
    reason: "verdicts rest on it; the content is what dpkg 1 recorded",
  });
  expect(all["/usr/lib/stockade/stockaded.mjs"]).toMatchObject({
    verdict: "tools",
    otherwise: "unowned",
  });
  expect(all["/var/lib/dpkg/info/dpkg.md5sums"]?.verdict).toBe("side-effect");
  pastTheLog(system);
  const again = looks(system, "/var/lib/dpkg/info/dpkg.md5sums");
  system.put("/var/lib/dpkg/info/dpkg.md5sums", "00000000000000000000000000000000  usr/bin/dpkg\n");
  const forged = await verdicts(changesSince(system, again), later);
  expect(forged["/var/lib/dpkg/info/dpkg.md5sums"]?.verdict).toBe("tools");
});

test("an empty folder that another package's script takes away", async () => {
  system.install(tool("1", { files: { "/usr/share/tool/empty/": "" }, conffiles: [] }));
  pastTheLog(system);
  const folder = "/usr/share/tool/empty";
  const before = looks(system, folder);
  rmSync(join(system.root, folder), { recursive: true });
  const gone = changesSince(system, before);
  const at = (offset: number) => verdicts(gone, { now: () => Date.now() + offset });
  expect(short(await at(60_000))).toEqual({ [folder]: "differs tool" });
  system.install({ name: "other", version: "1", files: { "/usr/bin/other": "other\n" } });
  expect(short(await at(20_000))).toEqual({ [folder]: "side-effect tool" });
});

test("a unit that a package switches off by a link to nothing", async () => {
  const before = looks(system, "/usr/lib/systemd/system/old.service", "/usr/lib/tool/link");
  const files = {
    "/usr/lib/systemd/system/old.service": "-> /dev/null",
    "/usr/lib/tool/link": "-> /dev/zero",
  };
  system.install({ name: "tool", version: "1", files });
  expect(short(await verdicts(changesSince(system, before)))).toEqual({
    "/usr/lib/systemd/system/old.service": "explained tool",
    "/usr/lib/tool/link": "differs tool",
  });
});

test("a list that dpkg takes away while all are read", async () => {
  system.install(tool("1"));
  pastTheLog(system);
  system.put("/var/lib/dpkg/info/gone.list", "-> nowhere");
  const before = looks(system, "/usr/bin/tool");
  system.put("/usr/bin/tool", "tampered\n");
  expect(short(await verdicts(changesSince(system, before)))).toEqual({
    "/usr/bin/tool": "differs tool",
  });
});

test("while dpkg works, what it may explain waits, and nothing else", async () => {
  system.install({ name: "other", version: "1", files: { "/usr/bin/other": "other\n" } });
  pastTheLog(system);
  const before = looks(
    system,
    "/usr/bin/tool",
    "/usr/bin/other",
    "/etc/cron.d/evil",
    "/root/.ssh/authorized_keys",
  );
  system.install(tool("1"));
  atWork(system, true);
  system.put("/usr/bin/other", "tampered\n");
  system.put("/etc/cron.d/evil", "* * * * * root evil\n");
  system.put("/root/.ssh/authorized_keys", "ssh-ed25519 AAAA\n");
  let now = Date.now();
  const { judge } = judgeOf(system, { now: () => now });
  let changes = changesSince(system, before);
  const paths = (all: readonly Change[]) =>
    all.map(({ after, before: was }) => (after ?? was).path);
  const at = async (milliseconds: number) => {
    now += milliseconds;
    return await judge.judge(changes);
  };
  const first = await at(0);
  expect(first.judged).toMatchObject([
    { change: { after: { path: "/usr/bin/other" } }, verdict: "differs" },
    { change: { after: { path: "/root/.ssh/authorized_keys" } }, verdict: "plain" },
  ]);
  // What dpkg may have put in place a moment ago it will have on record by then.
  changes = [...first.wait];
  const soon = await at(3_500);
  expect(paths(soon.judged.map(({ change }) => change))).toEqual(["/etc/cron.d/evil"]);
  changes = [...soon.wait];
  expect(paths((await at(60_000)).wait)).toEqual(["/usr/bin/tool"]);
  atWork(system, false);
  const last = await at(1);
  expect(last.wait).toEqual([]);
  expect(last.judged.map(({ verdict }) => verdict)).toEqual(["explained"]);
});

test("nothing waits longer than ten minutes", async () => {
  const before = looks(system, "/usr/bin/planted");
  system.install(tool("1"));
  atWork(system, true);
  system.put("/usr/bin/planted", "planted\n");
  let now = Date.now();
  const { judge } = judgeOf(system, { now: () => now });
  const changes = changesSince(system, before);
  for (const minute of [0, 4, 9]) {
    now = Date.now() + minute * 60_000;
    expect((await judge.judge(changes)).wait).toHaveLength(1);
  }
  now = Date.now() + 601_000;
  expect((await judge.judge(changes)).judged[0]?.verdict).toBe("unowned");
});

test("of hosts.deny what Stockade writes is left out of the verdict", async () => {
  const before = looks(system, "/etc/hosts.deny");
  const own = "# stockade begin 1 (x)\nALL: 203.0.113.9\n# stockade end\n";
  system.put("/etc/hosts.deny", `${own}ALL: ALL: spawn /tmp/x\n`);
  const [change] = changesSince(system, before);
  const sum = sha256(Buffer.from("ALL: ALL: spawn /tmp/x\n"));
  const seen = { ...change, after: { ...change!.after!, sha256: sum } } as Change;
  expect(short(await verdicts([seen]))).toEqual({ "/etc/hosts.deny": "unowned undefined" });
  system.put("/etc/hosts.deny", own);
  const { judge } = judgeOf(system);
  expect((await judge.judge([seen])).wait).toEqual([seen]);
});

test("what became another file by now waits for a moment, and is never explained", async () => {
  const before = looks(system, "/usr/bin/tool");
  system.install(tool("1"));
  const [change] = changesSince(system, before);
  const stale = { ...change, after: { ...change!.after!, sha256: "0".repeat(64) } } as Change;
  let now = Date.now() + 60_000;
  const { judge } = judgeOf(system, { now: () => now });
  expect((await judge.judge([stale])).wait).toHaveLength(1);
  now += 11_000;
  expect((await judge.judge([stale])).judged[0]?.verdict).toBe("unverified");
});

test("what waited long and has just become another file waits for word of that", async () => {
  const before = looks(system, "/usr/bin/tool");
  system.install(tool("1"));
  atWork(system, true);
  let now = Date.now();
  const { judge } = judgeOf(system, { now: () => now });
  const first = changesSince(system, before);
  expect((await judge.judge(first)).wait).toHaveLength(1);
  now += 60_000;
  system.install(tool("2"));
  atWork(system, false);
  // Its event has not come yet.
  expect((await judge.judge(first)).wait).toHaveLength(1);
  now += 9_000;
  const { judged } = await judge.judge(changesSince(system, before));
  expect(judged.map(({ verdict }) => verdict)).toEqual(["explained"]);
});
