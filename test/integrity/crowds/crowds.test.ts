import { describe, expect, test } from "vitest";
import type { Finding } from "../../../src/core/finding.ts";
import type { Crowd } from "../../../src/integrity/crowds/crowd.ts";
import { type Crowds, openCrowds } from "../../../src/integrity/crowds/crowds.ts";
import { findTogether } from "../../../src/integrity/crowds/folder.ts";
import type { Entry, IntegrityVerdict, JudgedChange } from "../../../src/integrity/entry.ts";
import { pathOf } from "../../../src/integrity/judging/facts.ts";
import type { SeenChange } from "../../../src/integrity/seen.ts";
import { entry, judged } from "../made.ts";

const names = (folder: string, count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => `${folder}/${from + n}`);

const added = (path: string, more: Partial<Entry> = {}, verdict: IntegrityVerdict = "plain") =>
  judged({ action: "added", before: undefined, after: entry(path, more) }, verdict);

function toldBy(crowds: Crowds): Finding[] {
  const told: Finding[] = [];
  crowds.tellDue((findings) => told.push(...findings));
  return told;
}

/** Crowds by a clock of the test's; `take` sorts and keeps, and returns what is told alone. */
function openWith(kept: readonly Crowd[] = []) {
  let now = 1_700_000_000_000;
  let saved = kept;
  const crowds: Crowds = openCrowds(
    kept,
    (all) => {
      saved = all;
    },
    () => now,
  );
  return {
    take(all: readonly JudgedChange[], times = 1): string[] {
      const sorted = crowds.sort(all, () => times);
      crowds.keep(sorted);
      return sorted.alone.map(({ change }) => pathOf(change));
    },
    after(seconds: number) {
      now += seconds * 1000;
      return toldBy(crowds);
    },
    fail(seconds: number) {
      now += seconds * 1000;
      crowds.tellDue(() => {
        throw new Error("no room");
      });
    },
    saved: () => saved,
  };
}

test("the deepest folder that most of them lie in, and never /", () => {
  expect(findTogether(names("/srv/www/a", 21))).toEqual(["/srv/www/a"]);
  expect(findTogether([...names("/srv/www/a", 21), "/srv/www/a"])).toEqual(["/srv/www/a"]);
  expect(findTogether([...names("/srv/a", 90), ...names("/srv/b", 20)])).toEqual(["/srv/a"]);
  expect(findTogether([...names("/srv/a", 90), ...names("/srv/b", 21)])).toEqual(["/srv"]);
  expect(findTogether([...names("/srv", 20), ...names("/opt", 20)])).toEqual([]);
  expect(findTogether([...names("/srv", 21), ...names("/opt", 21)])).toEqual(["/srv", "/opt"]);
});

test("3,000 new files are one finding, with the list cut and where all of it is", () => {
  const { take, after } = openWith();
  expect(take(names("/srv/www/rel", 1000).map((path) => added(path)))).toEqual([]);
  expect(take(names("/srv/www/rel", 2000, 1000).map((path) => added(path)))).toEqual([]);
  expect(after(2)).toEqual([]);
  const [finding, ...more] = after(1);
  expect(more).toEqual([]);
  expect(finding).toMatchObject({
    decoder: "syscheck_new_entry",
    location: "syscheck",
    fields: { filename: "/srv/www/rel/", status: "plain", action: "added", id: "3000" },
  });
  const lines = finding!.text.split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "3000 files added below '/srv/www/rel/'",
    "Verdict: no package's file",
    " /srv/www/rel/0",
  ]);
  expect(lines.at(-1)).toBe("… and 2980 more: stockade integrity history /srv/www/rel");
  expect(after(3600)).toEqual([]);
});

test("twenty are told one by one, the next ones together, over several batches too", () => {
  const { take, after } = openWith();
  for (const path of names("/srv/a", 20)) expect(take([added(path)])).toEqual([path]);
  expect(take([added("/srv/a/more")])).toEqual([]);
  expect(after(3)[0]?.text).toMatch(/^1 file added below '\/srv\/a\/'\n/);
  const other = openWith();
  for (const path of names("/srv/a", 20)) other.take([added(path)]);
  other.after(601);
  expect(other.take([added("/srv/a/more")])).toEqual(["/srv/a/more"]);
});

test("what goes on for hours is told ever less often, and each change is counted once", () => {
  const { take, after } = openWith();
  take(names("/srv/a", 30).map((path) => added(path)));
  const told = [];
  for (let second = 1; second <= 2 * 3600; second++) {
    take([added(`/srv/a/x${second}`)]);
    told.push(...after(1));
  }
  expect(told.length).toBeLessThan(8);
  told.push(...after(3600));
  expect(told.reduce((sum, { fields }) => sum + Number(fields["id"]), 0)).toBe(30 + 7200);
  expect(told[1]?.text).toMatch(/^30 more files added below '\/srv\/a\/', 63 in all$/m);
});

test("what is untold outlasts the process", () => {
  const before = openWith();
  before.take(names("/srv/a", 30).map((path) => added(path)));
  const again = openWith(before.saved());
  expect(again.after(3).map(({ fields }) => fields["id"])).toEqual(["30"]);
  expect(again.after(30)).toEqual([]);
  expect(again.saved()).toEqual([]);
});

test("what could not be told is told later on, after a start too", () => {
  const { take, fail, after, saved } = openWith();
  take(names("/srv/a", 30).map((path) => added(path)));
  expect(() => fail(3)).toThrow("no room");
  expect(openWith(saved()).after(3)).toHaveLength(1);
  expect(after(1).map(({ fields }) => fields["id"])).toEqual(["30"]);
});

test("only what rules see as one is one: how it changed, its verdict, its tags", () => {
  const { take, after } = openWith();
  const tags: Partial<SeenChange> = { tags: ["shop"] };
  const tagged = ({ change, ...rest }: JudgedChange): JudgedChange => ({
    ...rest,
    change: Object.assign(change, tags),
  });
  take([
    ...names("/etc/x", 30).map((path) => added(path, {}, "unowned")),
    ...names("/etc/x", 30).map((path) => tagged(added(`${path}t`, {}, "unowned"))),
    ...names("/etc/x", 30).map((path) =>
      judged({ action: "deleted", before: entry(`${path}d`), after: undefined }, "unowned"),
    ),
    ...names("/etc/x", 30).map((path) => added(`${path}m`, {}, "matches")),
  ]);
  const told = after(3).map(({ decoder, fields }) => [decoder, fields["status"], fields["tags"]]);
  expect(told).toEqual([
    ["syscheck_new_entry", "unowned", undefined],
    ["syscheck_new_entry", "unowned", "shop"],
    ["syscheck_deleted", "unowned", undefined],
    ["syscheck_new_entry", "matches", undefined],
  ]);
});

const crowd = names("/etc/app", 300).map((path) => added(path, {}, "unowned"));
const capable = { attributes: { "security.capability": "01" } };

describe("what is worse is told by itself among 300 others", () => {
  test.each<[string, JudgedChange]>([
    ["a setuid file", added("/etc/app/su", { mode: 0o4755 }, "unowned")],
    ["a capable one", added("/etc/app/cap", capable, "unowned")],
    ["a device", added("/etc/app/sda", { kind: "device" }, "unowned")],
    ["not what the package recorded", added("/etc/app/x", {}, "differs")],
    ["not to be verified", added("/etc/app/x", {}, "unverified")],
    ["what verdicts rest on", added("/etc/app/x", {}, "tools")],
    ["sudoers", added("/etc/sudoers.d/x", {}, "unowned")],
    ["cron", added("/etc/cron.d/x", {}, "unowned")],
    ["a unit", added("/etc/systemd/system/x.service", {}, "unowned")],
    ["a library for all", added("/etc/ld.so.preload", {}, "unowned")],
    ["a key", added("/etc/app/.ssh/authorized_keys", {}, "plain")],
    ["what apt runs", added("/etc/apt/apt.conf.d/99x", {}, "unowned")],
    ["what udev runs", added("/etc/udev/rules.d/x.rules", {}, "unowned")],
    ["a program where all run them", added("/usr/bin/x", { mode: 0o755 }, "unowned")],
    ["a link to one", added("/usr/local/sbin/x", { kind: "link", mode: 0o777 }, "plain")],
    [
      "a setuid file that goes",
      judged(
        { action: "deleted", before: entry("/etc/app/su", { mode: 0o4755 }), after: undefined },
        "unowned",
      ),
    ],
  ])("%s", (_, bad) => {
    const { take, after } = openWith();
    const all = names("/usr/bin", 30).map((path) => added(path, { mode: 0o644 }, "unowned"));
    expect(take([...crowd, ...all, bad])).toEqual([pathOf(bad.change)]);
    expect(take([bad])).toEqual([pathOf(bad.change)]);
    expect(after(3).map(({ fields }) => fields["id"])).toEqual(["300", "30"]);
  });
});

test("of what is told together, programs are named before others", () => {
  const { take, after } = openWith();
  take([...crowd, added("/etc/app/run-me", { mode: 0o755 }, "unowned")]);
  expect(after(3)[0]?.text.split("\n")[2]).toBe(" /etc/app/run-me (may be run)");
});

test("a folder whose name would be a command is not put into one, and names are bounded", () => {
  const { take, after } = openWith();
  const folder = "/srv/$(reboot)\n\xff";
  take(names(`${folder}/${"x".repeat(250)}`, 30).map((path) => added(path)));
  const [finding] = after(3);
  expect(finding?.text.split("\n").at(-1)).toBe(
    "… and 10 more: stockade integrity history --since 12h",
  );
  expect(finding?.text).toContain("/srv/$(reboot)\\x0a\\xff/x");
  expect(finding?.text.length).toBeLessThan(20 * 203 + 600);
});

test("of more folders than are remembered each is told, and none lost", () => {
  const { take, after } = openWith();
  let sum = 0;
  for (let n = 0; n < 300; n++) {
    take(names(`/top${n}/x`, 21).map((path) => added(path)));
    if (n % 50 === 0) for (const { fields } of after(0)) sum += Number(fields["id"]);
  }
  for (const { fields } of after(3)) sum += Number(fields["id"]);
  expect(sum).toBe(300 * 21);
});
