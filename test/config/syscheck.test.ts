import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadSettings } from "../../src/config/load.ts";
import { type Failure, mistakesIn } from "../../src/core/failure.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-syscheck-"));
const file = join(folder, "stockade.conf");
afterAll(() => rmSync(folder, { recursive: true }));

function load(inside: string) {
  writeFileSync(file, `<ossec_config>\n${inside}\n</ossec_config>\n`);
  const { settings, notices } = loadSettings(file);
  const told = notices.filter(({ message }) => !message.startsWith("no <"));
  return { syscheck: settings.syscheck, notices: told.map((one) => `${one.line}: ${one.message}`) };
}

const section = (...options: string[]) => load(`<syscheck>\n${options.join("\n")}\n</syscheck>`);

function refusals(...options: string[]): string[] {
  try {
    section(...options);
    return [];
  } catch (thrown) {
    return mistakesIn(thrown as Failure).map(({ message }) => message.replace(`${folder}/`, ""));
  }
}

describe("what is watched where nothing is said", () => {
  test("settings, programs, what starts them, and who may log in", () => {
    const { syscheck } = load("");
    const paths = syscheck.directories.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(["/etc", "/usr/bin", "/usr/lib/systemd", "/boot"]),
    );
    expect(paths).toEqual(
      expect.arrayContaining(["/var/spool/cron", "/home/*/.ssh", "/var/lib/dpkg/info"]),
    );
    expect(syscheck.directories.every(({ realtime }) => realtime)).toBe(true);
    expect(syscheck.directories.find(({ path }) => path === "/etc")?.reportChanges).toBe(true);
    expect(syscheck).toMatchObject({ disabled: false, alertNewFiles: true, autoIgnore: false });
  });

  test("a section without directories changes only what it names", () => {
    const { syscheck } = section("<frequency>600</frequency>", "<ignore>/etc/own</ignore>");
    expect(syscheck.frequencySeconds).toBe(600);
    expect(syscheck.directories).toEqual(load("").syscheck.directories);
    expect(syscheck.ignore).toEqual([
      ...load("").syscheck.ignore,
      { kind: "prefix", pattern: "/etc/own" },
    ]);
  });

  test("directories take the place of all of them", () => {
    const { syscheck } = section('<directories check_all="yes">/srv</directories>');
    expect(syscheck.directories.map(({ path }) => path)).toEqual(["/srv"]);
    expect(syscheck.ignore).toEqual([]);
  });
});

const none = {
  sum: false,
  size: false,
  owner: false,
  group: false,
  perm: false,
  mtime: false,
  inode: false,
};
const all = { ...none, sum: true, size: true, owner: true, group: true, perm: true };

describe("how it is watched", () => {
  test.each([
    ['check_all="yes"', all],
    ['check_all="yes" check_size="no"', { ...all, size: false }],
    ['check_size="no" check_all="yes"', all],
    ['check_perm="yes"', { ...none, sum: true, perm: true }],
    ['check_sum="no" check_owner="yes"', { ...none, owner: true }],
    ['check_all="no" check_sha256sum="yes" check_group="yes"', { ...none, sum: true, group: true }],
    ['check_all="yes" check_mtime="yes" check_inode="yes"', { ...all, mtime: true, inode: true }],
  ])("%s", (attributes, checks) => {
    const { syscheck } = section(`<directories ${attributes}>/etc</directories>`);
    expect(syscheck.directories[0]?.checks).toEqual(checks);
  });

  test("all else that may be said of a folder", () => {
    const { syscheck, notices } = section(
      '<directories check_all="yes" realtime="yes" report_changes="yes" restrict=".conf$" recursion_level="2" tags="web, x">/srv//a/, /opt/*</directories>',
      '<directories check_all="yes" no_recurse="yes">/tmp</directories>',
    );
    const one = {
      checks: all,
      realtime: true,
      reportChanges: true,
      restrict: ".conf$",
      depth: 2,
      tags: ["web", "x"],
    };
    expect(syscheck.directories).toMatchObject([
      { path: "/srv/a", ...one },
      { path: "/opt/*", ...one },
      { path: "/tmp", depth: 0, realtime: false },
    ]);
    expect(notices).toEqual([]);
  });

  test("a folder that is named twice is told", () => {
    const { notices } = section(
      '<directories check_all="yes">/etc,/srv</directories>',
      '<directories check_perm="yes">/etc</directories>',
    );
    expect(notices).toEqual([
      "4: <directories> names /etc once more: the first one holds, as in OSSEC",
    ]);
  });

  test("MD5 and SHA-1 are SHA-256, and that is told", () => {
    const { syscheck, notices } = section(
      '<directories check_md5sum="yes" check_sha1sum="no">/etc</directories>',
    );
    expect(syscheck.directories[0]?.checks.sum).toBe(true);
    expect(notices).toEqual([
      "3: <directories> asks for MD5, which can be forged: files are compared by SHA-256",
    ]);
  });
});

describe("when", () => {
  test.each([
    ["21pm", 21 * 60],
    ["8:30", 8 * 60 + 30],
    ["8:30pm", 20 * 60 + 30],
    ["12am", 0],
    ["12:05 pm", 12 * 60 + 5],
  ])("at %s", (time, minutes) => {
    expect(section(`<scan_time>${time}</scan_time>`).syscheck.scanTime).toBe(minutes);
  });

  test.each([
    ["monday", [1]],
    ["Sat, sun", [0, 6]],
    ["weekdays", [1, 2, 3, 4, 5]],
  ])("on %s", (day, days) => {
    expect(section(`<scan_day>${day}</scan_day>`).syscheck.scanDays).toEqual(days);
  });
});

test("lists grow over sections, of the rest the last one holds", () => {
  const { syscheck, notices } = load(
    `<syscheck><ignore>/a</ignore><nodiff type="sregex">key$</nodiff><skip_nfs>no</skip_nfs></syscheck>
    <syscheck><ignore type="sregex">.log$</ignore><skip_nfs>yes</skip_nfs><auto_ignore>yes</auto_ignore>
    <prefilter_cmd>/usr/sbin/prelink -y</prefilter_cmd><max_files_per_second>0</max_files_per_second></syscheck>`,
  );
  expect(syscheck.ignore.slice(-2)).toEqual([
    { kind: "prefix", pattern: "/a" },
    { kind: "sregex", pattern: ".log$" },
  ]);
  expect(syscheck.nodiff).toEqual([{ kind: "sregex", pattern: "key$" }]);
  expect(syscheck).toMatchObject({ skipNfs: true, autoIgnore: true, filesPerSecond: 0 });
  expect(syscheck.prefilterCommand).toEqual(["/usr/sbin/prelink", "-y"]);
  expect(notices).toEqual([
    "3: <auto_ignore> is yes: a file that changed three times is told of no more",
  ]);
});

test("a prefilter that needs a shell is not run, and that is said", () => {
  const { syscheck, notices } = load(
    "<syscheck><prefilter_cmd>/usr/sbin/prelink -y | cat</prefilter_cmd></syscheck>",
  );
  expect(syscheck.prefilterCommand).toBeUndefined();
  expect(notices).toEqual([`2: <prefilter_cmd> is not run: "|" is for a shell, and there is none`]);
});

test.each([
  ["<directories>/etc</directories>", "<directories> says nothing of how, expected an attribute"],
  ['<directories check_all="yes"> , </directories>', "<directories> names no folder"],
  [
    '<directories check_all="maybe">/etc</directories>',
    '<directories> check_all is "maybe", expected yes or no',
  ],
  [
    '<directories checkall="yes">/etc</directories>',
    '<directories> has the attribute "checkall", which it does not know',
  ],
  [
    '<directories check_all="yes">etc</directories>',
    '<directories> is "etc", expected an absolute path',
  ],
  [
    '<directories check_all="yes">/a/../b</directories>',
    '<directories> is "/a/../b", expected a path without ".."',
  ],
  [
    '<directories check_all="yes" recursion_level="x">/a</directories>',
    '<directories> recursion_level is "x", expected a whole number from 0 to 4096',
  ],
  ["<ignore>mtab</ignore>", '<ignore> is "mtab", expected an absolute path'],
  ['<ignore type="regex">/a</ignore>', '<ignore> has the type "regex", expected sregex'],
  ["<ignore></ignore>", "<ignore> is empty"],
  [
    "<frequency>often</frequency>",
    '<frequency> is "often", expected a whole number from 1 to 999999999',
  ],
  [
    "<scan_time>25:00</scan_time>",
    '<scan_time> is "25:00", expected a time of day, as 21:30 or 9:30pm',
  ],
  ["<scan_day>someday</scan_day>", '<scan_day> is "someday", expected a day of the week'],
  ["<frequency><x/></frequency>", "<frequency> holds <x>, expected text"],
  ["<unknown>1</unknown>", "<unknown> is no option of <syscheck>"],
])("%s is refused with file and line", (option, message) => {
  expect(refusals("", option, "<skip_nfs>no</skip_nfs>")).toEqual([`stockade.conf:4: ${message}`]);
});
