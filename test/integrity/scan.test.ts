import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withDefaults } from "../../src/config/syscheck-defaults.ts";
import { lookAgain, type ScanOptions, scan } from "../../src/integrity/scan.ts";
import { openTree, settingsOf, type Tree, told, watching } from "./tree.ts";

let tree: Tree;
beforeEach(() => {
  tree = openTree();
});
afterEach(() => tree.remove());

const etc = settingsOf(["/etc"]);

test("a scan of what has not changed lets others have their turn", async () => {
  for (let n = 0; n < 40; n++) tree.write(`/etc/${n}`, `${n}`);
  await tree.scan(etc);
  let batches = 0;
  const pace = { spend: () => sleep(30) };
  for await (const batch of scan(tree.options(etc, { pace }))) {
    expect(batch).toEqual([]);
    batches += 1;
  }
  expect(batches).toBeGreaterThan(1);
});

describe("a scan", () => {
  beforeEach(async () => {
    for (const name of ["a", "b", "sub/c", "sub/d", "sub-e"]) tree.write(`etc/${name}`, name);
    expect(await tree.scan(etc)).toEqual([]);
  });

  test("learns everything the first time, folders too", () => {
    expect(tree.baseline.count).toBe(7);
    expect(tree.baseline.get("/etc/a")).toMatchObject({
      kind: "file",
      size: 1,
      sha256: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    });
    expect(tree.baseline.get("/etc/sub")?.kind).toBe("directory");
  });

  test("finds nothing where nothing changed", async () => {
    expect(await tree.scan(etc)).toEqual([]);
  });

  test("W8: finds what was made, changed, deleted, renamed and replaced", async () => {
    tree.write("etc/new", "n");
    tree.write("etc/a", "A");
    unlinkSync(tree.at("etc/b"));
    renameSync(tree.at("etc/sub/c"), tree.at("etc/sub/z"));
    chmodSync(tree.at("etc/sub/d"), 0o4755);
    unlinkSync(tree.at("etc/sub-e"));
    mkdirSync(tree.at("etc/sub-e"));
    const changes = await tree.scan(etc);
    expect(told(changes).sort()).toEqual([
      "added /etc/new",
      "added /etc/sub/z",
      "deleted /etc/b",
      "deleted /etc/sub/c",
      "modified /etc/a",
      "modified /etc/sub-e",
      "modified /etc/sub/d",
    ]);
    expect(await tree.scan(etc)).toEqual([]);
  });

  test("finds a folder that is gone with all that it held", async () => {
    rmSync(tree.at("etc/sub"), { recursive: true });
    expect(told(await tree.scan(etc)).sort()).toEqual([
      "deleted /etc/sub",
      "deleted /etc/sub/c",
      "deleted /etc/sub/d",
    ]);
  });

  test("a time or an inode alone is nothing to tell", async () => {
    utimesSync(tree.at("etc/a"), 1, 1);
    tree.write("etc/new", "b");
    renameSync(tree.at("etc/new"), tree.at("etc/b"));
    expect(await tree.scan(etc)).toEqual([]);
    expect(tree.baseline.get("/etc/a")?.mtime).toBe(1000);
  });

  test("unless the settings ask for it", async () => {
    const [directory] = etc.directories;
    const checks = {
      sum: true,
      size: true,
      owner: true,
      group: true,
      perm: true,
      mtime: true,
      inode: true,
    };
    const asked = settingsOf([watching("/etc", { ...directory, checks })]);
    utimesSync(tree.at("etc/a"), 1, 1);
    expect(told(await tree.scan(asked))).toEqual(["modified /etc/a"]);
  });

  test("a change that nobody took is found again", async () => {
    tree.write("etc/a", "A");
    tree.write("etc/new", "n");
    const { scan } = await import("../../src/integrity/scan.ts");
    for (let round = 0; round < 2; round++) {
      const found: string[] = [];
      for await (const batch of scan(tree.options(etc))) found.push(...told(batch));
      expect(found).toEqual(["modified /etc/a", "added /etc/new"]);
    }
  });

  test("a content that changed under the same times is found when everything is read", async () => {
    const before = tree.baseline.get("/etc/a");
    if (!before) throw new Error("no entry");
    tree.baseline.refresh([{ ...before, sha256: "ff" }]);
    expect(await tree.scan(etc)).toEqual([]);
    expect(told(await tree.scan(etc, { full: true }))).toEqual(["modified /etc/a"]);
  });

  test("it ends when it is told to, and what it has not seen is not deleted", async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await tree.scan(etc, { signal: stop.signal })).toEqual([]);
    expect(tree.baseline.count).toBe(7);
  });
});

describe("which files", () => {
  test("each once, under the longest of the settings that hold it", async () => {
    for (const path of ["etc/a", "etc/ssh/b", "etc/ssh/deep/c"]) tree.write(path, "x");
    const settings = settingsOf([
      "/etc",
      watching("/etc/ssh", { checks: { ...watching("/x").checks, perm: false } }),
      watching("/etc/ssh/deep/c"),
    ]);
    await tree.scan(settings);
    for (const path of ["etc/a", "etc/ssh/b", "etc/ssh/deep/c"]) chmodSync(tree.at(path), 0o600);
    expect(told(await tree.scan(settings))).toEqual([
      "modified /etc/a",
      "modified /etc/ssh/deep/c",
    ]);
  });

  test("W8: a link to a folder is watched as a link, and its folder once", async () => {
    tree.write("usr/bin/ls", "x");
    symlinkSync("usr/bin", tree.at("bin"));
    await tree.scan(settingsOf(["/bin", "/usr/bin"]));
    expect(tree.baseline.count).toBe(3);
    expect(tree.baseline.get("/bin")).toMatchObject({ kind: "link", target: "usr/bin" });
    unlinkSync(tree.at("bin"));
    symlinkSync("tmp", tree.at("bin"));
    expect(told(await tree.scan(settingsOf(["/bin", "/usr/bin"])))).toEqual(["modified /bin"]);
  });

  test("who names a link means its folder, also when a file in it goes", async () => {
    tree.write("usr/bin/ls", "x");
    symlinkSync("usr/bin", tree.at("bin"));
    await tree.scan(settingsOf(["/bin"]));
    expect(tree.baseline.get("/usr/bin/ls")?.sha256).toBeDefined();
    unlinkSync(tree.at("usr/bin/ls"));
    expect(told(await tree.scan(settingsOf(["/bin"])))).toEqual(["deleted /usr/bin/ls"]);
  });

  test("by default a user's keys, whatever way leads to them, and no more of his folder", async () => {
    const ssh = withDefaults(settingsOf([])).directories.filter(({ path }) => /ssh/.test(path));
    const settings = { ...settingsOf([]), directories: ssh };
    for (const path of ["root/.ssh/authorized_keys", "root/.ssh/known_hosts", "home/ada/x"])
      tree.write(path, "x");
    expect(await tree.scan(settings)).toEqual([]);
    tree.write("root/.ssh/known_hosts", "y");
    tree.write("root/.ssh/authorized_keys2", "y");
    for (let n = 0; n < 3; n++) tree.write(`home/ada/.ssh/authorized_keys/${n}`, "x");
    expect(told(await tree.scan(settings)).sort()).toEqual([
      "added /home/ada/.ssh",
      "added /home/ada/.ssh/authorized_keys",
      "added /root/.ssh/authorized_keys2",
    ]);
    renameSync(tree.at("root/.ssh"), tree.at("root/.old"));
    tree.write("root/.s/authorized_keys", "evil");
    symlinkSync(".s", tree.at("root/.ssh"));
    // Another file stands behind the old name, which is told as well, once.
    expect(told(await tree.scan(settings)).sort()).toEqual([
      "added /root/.s/authorized_keys",
      "deleted /root/.ssh/authorized_keys2",
      "modified /root/.ssh",
      "modified /root/.ssh/authorized_keys",
    ]);
    expect(await tree.scan(settings)).toEqual([]);
    tree.write("root/.s/authorized_keys", "more evil");
    expect(told(await tree.scan(settings))).toEqual(["modified /root/.s/authorized_keys"]);
  });

  test.each([
    ["a folder that is watched", ["/srv"], false],
    ["a folder that is watched, and touched,", ["/srv"], true],
    ["a folder that is watched because the link leads there", [], false],
  ])("keys that are moved to %s are told by one name", async (_, more, isTouched) => {
    const ssh = watching("/home/*/.ssh", { depth: 0, restrict: "/.ssh$|/authorized_keys" });
    const settings = settingsOf([ssh, ...more]);
    tree.write("home/ada/.ssh/authorized_keys", "key");
    mkdirSync(tree.at("srv"));
    await tree.scan(settings);
    renameSync(tree.at("home/ada/.ssh"), tree.at("srv/ada"));
    symlinkSync(tree.at("srv/ada"), tree.at("home/ada/.ssh"));
    if (isTouched) utimesSync(tree.at("srv/ada/authorized_keys"), 1, 1);
    const changes = await tree.lookAgain(["/home/ada/.ssh", "/srv/ada"], settings);
    expect(told(changes)).toContain("modified /home/ada/.ssh");
    expect(told(changes)).toContain("added /srv/ada/authorized_keys");
    expect(told(changes).join()).not.toContain(".ssh/authorized_keys");
    tree.write("srv/ada/authorized_keys", "another key");
    const paths = ["/home/ada/.ssh/authorized_keys", "/srv/ada/authorized_keys"];
    expect(told(await tree.lookAgain(paths, settings))).toEqual([
      "modified /srv/ada/authorized_keys",
    ]);
    expect(await tree.scan(settings)).toEqual([]);
  });

  test.each([
    ["matter less by their real name", "rc", watching("/srv")],
    ["are watched less there", "authorized_keys", watching("/srv", { realtime: false })],
  ])("keys that %s are told by the name of the home too", async (_, name, srv) => {
    const settings = settingsOf([watching("/home/*/.ssh"), srv]);
    tree.write(`home/ada/.ssh/${name}`, "key");
    mkdirSync(tree.at("srv"));
    await tree.scan(settings);
    renameSync(tree.at("home/ada/.ssh"), tree.at("srv/ada"));
    symlinkSync(tree.at("srv/ada"), tree.at("home/ada/.ssh"));
    await tree.scan(settings);
    tree.write(`srv/ada/${name}`, "another key");
    expect(told(await tree.scan(settings)).sort()).toEqual([
      `modified /home/ada/.ssh/${name}`,
      `modified /srv/ada/${name}`,
    ]);
  });

  test("what ignore and restrict say of /bin holds where its files are seen", async () => {
    for (const name of ["a", "b", "c"]) tree.write(`usr/bin/${name}`, "x");
    symlinkSync("usr/bin", tree.at("bin"));
    const ignore = [{ kind: "prefix" as const, pattern: "/bin/a" }];
    const bin = watching("/bin", { restrict: "^/bin/a|^/bin/b" });
    await tree.scan(settingsOf([bin], { ignore }));
    expect(tree.baseline.after(undefined, 99).map(({ path }) => path)).toEqual(["/usr/bin/b"]);
  });

  test("links in a folder are never followed", async () => {
    tree.write("srv/secret", "x");
    mkdirSync(tree.at("etc"), { recursive: true });
    symlinkSync("../srv", tree.at("etc/out"));
    symlinkSync(".", tree.at("etc/loop"));
    await tree.scan(etc);
    expect(tree.baseline.count).toBe(3);
  });

  test("patterns in a path, in each home, also one that comes later or goes", async () => {
    const homes = settingsOf(["/home/*/.ssh/authorized_keys*"]);
    tree.write("home/ada/.ssh/authorized_keys", "k");
    tree.write("home/ada/.ssh/id", "k");
    await tree.scan(homes);
    expect(tree.baseline.count).toBe(1);
    tree.write("home/bob/.ssh/authorized_keys2", "evil");
    expect(told(await tree.scan(homes))).toEqual(["added /home/bob/.ssh/authorized_keys2"]);
    rmSync(tree.at("home/bob"), { recursive: true });
    expect(told(await tree.scan(homes))).toEqual(["deleted /home/bob/.ssh/authorized_keys2"]);
  });

  test.each([
    [0, ["/etc", "/etc/a", "/etc/one"]],
    [1, ["/etc", "/etc/a", "/etc/one", "/etc/one/b", "/etc/one/two"]],
  ])("recursion_level %i", async (depth, paths) => {
    for (const path of ["etc/a", "etc/one/b", "etc/one/two/c"]) tree.write(path, "x");
    const settings = settingsOf([watching("/etc", { depth })]);
    await tree.scan(settings);
    expect(tree.baseline.after(undefined, 99).map(({ path }) => path)).toEqual(paths);
    tree.write("etc/one/two/d", "x");
    expect(await tree.scan(settings)).toEqual([]);
    expect(await tree.lookAgain(["/etc/one/two/d"], settings)).toEqual([]);
  });

  test("restrict leaves only files whose path matches", async () => {
    for (const path of ["etc/a.conf", "etc/b", "etc/sub/c.conf"]) tree.write(path, "x");
    await tree.scan(settingsOf([watching("/etc", { restrict: ".conf$" })]));
    const paths = tree.baseline.after(undefined, 99).map(({ path }) => path);
    expect(paths).toEqual(["/etc/a.conf", "/etc/sub/c.conf"]);
  });

  test("ignore: how a path begins, in either case, and OS_Match anywhere in it", async () => {
    for (const path of ["etc/mtab", "etc/Mtab.d/x", "etc/a.log", "etc/keep"]) tree.write(path, "x");
    const ignore = [
      { kind: "prefix" as const, pattern: "/etc/MTAB" },
      { kind: "sregex" as const, pattern: ".log$|.tmp$" },
    ];
    await tree.scan(settingsOf(["/etc"], { ignore }));
    expect(tree.baseline.after(undefined, 99).map(({ path }) => path)).toEqual([
      "/etc",
      "/etc/keep",
    ]);
  });

  test("what the settings watch no more is forgotten, what they newly watch is learned", async () => {
    for (const path of ["etc/a", "srv/b"]) tree.write(path, "x");
    await tree.scan(settingsOf(["/etc"]));
    expect(await tree.scan(settingsOf(["/srv"]))).toEqual([]);
    expect(tree.baseline.after(undefined, 99).map(({ path }) => path)).toEqual(["/srv", "/srv/b"]);
    tree.write("srv/c", "x");
    expect(told(await tree.scan(settingsOf(["/srv"])))).toEqual(["added /srv/c"]);
  });

  test("what is new is told when the settings leave out something else, what they no longer leave out is learned", async () => {
    const leaving = (pattern: string) =>
      settingsOf(["/etc"], { ignore: [{ kind: "prefix", pattern }] });
    for (const path of ["etc/a", "etc/left/b"]) tree.write(path, "x");
    await tree.scan(leaving("/etc/left"));
    tree.write("etc/evil", "x");
    expect(told(await tree.scan(leaving("/nowhere")))).toEqual(["added /etc/evil"]);
    expect(tree.baseline.get("/etc/left/b")).toBeDefined();
    tree.write("etc/left/c", "x");
    expect(told(await tree.scan(leaving("/nowhere")))).toContain("added /etc/left/c");
  });

  test("by default a job of at that comes, and not what atd does while it runs", async () => {
    const { directories, ignore } = withDefaults({ directories: [], ignore: [], nodiff: [] });
    const settings = settingsOf(directories, { ignore });
    const jobs = "var/spool/cron/atjobs";
    for (const name of [`${jobs}/.SEQ`, "var/spool/cron/atspool/.old"]) tree.write(name, "1");
    await tree.scan(settings);
    tree.write(`${jobs}/.SEQ`, "22");
    tree.write(`${jobs}/a0000101c3f2e1`, "#!/bin/sh");
    linkSync(tree.at(`${jobs}/a0000101c3f2e1`), tree.at(`${jobs}/=0000101c3f2e1`));
    tree.write("var/spool/cron/atspool/a0000101c3f2e1", "Subject: Output");
    expect(told(await tree.scan(settings))).toEqual([`added /${jobs}/a0000101c3f2e1`]);
  });

  test("of hosts.deny what is not Stockade's own, which comes and goes", async () => {
    const deny = (text: string) => tree.write("etc/hosts.deny", text);
    const look = async () => told(await tree.scan(etc));
    const section = (count: number) => {
      const lines = Array.from({ length: count }, (_, at) => `ALL: 203.0.${at >> 8}.${at & 255}\n`);
      return `# stockade begin ${count} (x)\n${lines.join("")}# stockade end\n`;
    };
    tree.write("etc/passwd", "");
    await look();
    deny(section(1));
    expect(await look()).toEqual([]);
    deny(`${section(2)}ALL: ALL: spawn /tmp/x\n`);
    const [change] = await tree.scan(settingsOf([watching("/etc", { reportChanges: true })]));
    expect(change).toMatchObject({ action: "added", after: { path: "/etc/hosts.deny", size: 23 } });
    expect(String(Buffer.from(change?.text ?? ""))).toBe("ALL: ALL: spawn /tmp/x\n");
    // More than is kept of any other file.
    deny(`${section(20_000)}ALL: ALL: spawn /tmp/x\n`);
    expect(await look()).toEqual([]);
    deny("ALL: ALL: spawn /tmp/x\n");
    expect(await look()).toEqual([]);
    // Hidden within, it is no line of Stockade's.
    deny(section(2).replace("ALL: 203.0.0.1", "ALL: 203.0.0.1: spawn /tmp/y"));
    expect(await look()).toEqual(["modified /etc/hosts.deny"]);
    deny(section(3));
    expect(await look()).toEqual(["deleted /etc/hosts.deny"]);
    deny(`${"#".repeat(5_000_000)}\n`);
    expect(await look()).toEqual(["added /etc/hosts.deny"]);
  });

  test("other machines' disks where that is asked for, and the kernel's own file systems", async () => {
    for (const path of ["srv/nfs/a", "srv/proc/b", "srv/disk/c"]) tree.write(path, "x");
    const mount = (path: string, kind: string) =>
      `36 35 98:0 / ${path} rw,noatime - ${kind} src rw\n`;
    writeFileSync(
      join(tree.scratch, "mountinfo"),
      mount("/srv/nfs", "nfs4") + mount("/srv/proc", "proc") + mount("/srv/disk", "ext4"),
    );
    await tree.scan(settingsOf(["/srv"], { skipNfs: true }));
    const paths = tree.baseline.after(undefined, 99).map(({ path }) => path);
    expect(paths).toEqual(["/srv", "/srv/disk", "/srv/disk/c"]);
    expect(await tree.scan(settingsOf(["/srv"], { skipNfs: false }))).toHaveLength(2);
  });
});

describe("what is hostile", () => {
  test("names of every kind, each seen as the bytes that it has", async () => {
    const names = [
      Buffer.from("new\nline"),
      Buffer.from("quote'\"`$(id)"),
      Buffer.from("\u202egnp.exe"),
      Buffer.from([0x63, 0x61, 0xe9, 0xff]),
      Buffer.from("x".repeat(255)),
      Buffer.from([1, 2, 3]),
      Buffer.from(" -rf"),
    ];
    mkdirSync(tree.at("etc"), { recursive: true });
    await tree.scan(etc);
    const start = Buffer.from(`${tree.at("etc")}/`);
    for (const name of names) writeFileSync(Buffer.concat([start, name]), "x");
    const added = (await tree.scan(etc)).map(({ after }) => after?.path);
    expect(added.sort()).toEqual(names.map((name) => `/etc/${name.toString("latin1")}`).sort());
    for (const name of names) writeFileSync(Buffer.concat([start, name]), "y");
    expect(await tree.scan(etc)).toHaveLength(names.length);
    for (const name of names) unlinkSync(Buffer.concat([start, name]));
    expect(told(await tree.scan(etc)).every((one) => one.startsWith("deleted"))).toBe(true);
  });

  test("a path that is longer than the system takes is told", async () => {
    const long = "d".repeat(250);
    mkdirSync(tree.at("etc"), { recursive: true });
    const script = `cd "$0" && for i in $(seq 20); do mkdir ${long} && cd -P ${long} || exit 1; done`;
    execFileSync("/bin/bash", ["-c", script, tree.at("etc")]);
    await tree.scan(etc);
    expect(tree.troubles.map(({ kind }) => kind)).toContain("unreadable");
    expect(tree.troubles[0]?.reason).toContain("ENAMETOOLONG");
    execFileSync("/bin/rm", ["-rf", tree.at("etc")]);
  });

  test("pipes, sockets and devices are never opened", async () => {
    tree.write("etc/a", "x");
    execFileSync("mkfifo", [tree.at("etc/pipe")]);
    if (process.getuid?.() === 0) execFileSync("mknod", [tree.at("etc/zero"), "c", "1", "5"]);
    await tree.scan(etc, { full: true });
    expect(tree.baseline.get("/etc/pipe")).toMatchObject({ kind: "pipe", sha256: undefined });
    expect(tree.troubles).toEqual([]);
  });

  test("a file without end holds up nobody", async () => {
    tree.write("etc/a", "x");
    await tree.scan(etc);
    truncateSync(tree.at("etc/a"), 2 ** 42);
    const begin = performance.now();
    expect(told(await tree.scan(etc))).toEqual(["modified /etc/a"]);
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(tree.troubles[0]?.reason).toMatch(/longer than 512 MB/);
  });

  test("a file that becomes a pipe is told as one", async () => {
    tree.write("etc/a", "x");
    await tree.scan(etc);
    unlinkSync(tree.at("etc/a"));
    execFileSync("mkfifo", [tree.at("etc/a")]);
    const [change] = await tree.scan(etc);
    expect(change?.after?.kind).toBe("pipe");
  });
});

describe("texts", () => {
  const shown = (more = {}) => settingsOf([watching("/etc", { reportChanges: true })], more);

  test("keeps no password, from the first look on", async () => {
    tree.write("etc/a", "user me\npassword hunter2\n");
    await tree.scan(shown());
    const kept = Buffer.from(tree.baseline.text("/etc/a") ?? []).toString();
    expect(kept).toBe("user me\npassword (hidden)\n");
  });

  test("come with the change where they may be shown", async () => {
    tree.write("etc/a", "one\n");
    await tree.scan(shown());
    expect(Buffer.from(tree.baseline.text("/etc/a") ?? []).toString()).toBe("one\n");
    tree.write("etc/a", "two\n");
    const [change] = await tree.scan(shown());
    expect(Buffer.from(change?.text ?? []).toString()).toBe("two\n");
  });

  test.each([
    "shadow",
    "shadow-",
    "gshadow",
    "ssl/private/x.pem",
    "ssh/ssh_host_rsa_key",
    "wireguard/wg0.conf",
    "x.key",
  ])("never of /etc/%s", async (name) => {
    await tree.scan(shown());
    tree.write(`etc/${name}`, "s3cret\n");
    await tree.scan(shown());
    expect(tree.baseline.get(`/etc/${name}`)?.sha256).toBeDefined();
    expect(tree.baseline.text(`/etc/${name}`)).toBeUndefined();
  });

  test("are kept from a full look on, where they are wanted since", async () => {
    tree.write("etc/a", "one\n");
    await tree.scan(etc);
    await tree.scan(shown(), { full: true });
    expect(Buffer.from(tree.baseline.text("/etc/a") ?? []).toString()).toBe("one\n");
  });

  test.each([
    ["nodiff", { nodiff: [{ kind: "prefix" as const, pattern: "/etc/" }] }],
    ["report_changes", undefined],
  ])("what is not to be shown any more comes with the change: %s", async (option, more) => {
    tree.write("etc/a", "one\n");
    tree.write("etc/b", "one\n");
    await tree.scan(shown());
    tree.write("etc/a", "two\n");
    rmSync(tree.at("etc/b"));
    const changes = await tree.scan(more ? shown(more) : etc);
    const files = changes.filter(({ before }) => before?.kind === "file");
    expect(files.map(({ hiddenBy }) => hiddenBy)).toEqual([option, option]);
    expect(files.map(({ text }) => text)).toEqual([undefined, undefined]);
  });

  test("nor of a private key under any name, of what is no text, or of nodiff", async () => {
    tree.write("etc/a", "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n");
    tree.write("etc/b", "bin\0ary");
    tree.write("etc/c", "c");
    await tree.scan(shown({ nodiff: [{ kind: "prefix", pattern: "/etc/c" }] }));
    for (const name of ["a", "b", "c"]) expect(tree.baseline.text(`/etc/${name}`)).toBeUndefined();
  });

  test.each([
    "passwd",
    "ssh/sshd_config",
    "pam.d/common-password",
    "sudoers",
    "ssh/ssh_host_rsa_key.pub",
  ])("but of /etc/%s", async (name) => {
    tree.write(`etc/${name}`, "text\n");
    await tree.scan(shown());
    expect(tree.baseline.text(`/etc/${name}`)).toBeDefined();
  });
});

describe("a second look at single paths", () => {
  beforeEach(async () => {
    for (const name of ["a", "b", "sub/c", "sub/deep/d", "sub-e"]) tree.write(`etc/${name}`, name);
    await tree.scan(etc);
  });

  test("sees what became of them, and of nothing else", async () => {
    tree.write("etc/a", "A");
    tree.write("etc/b", "B");
    tree.write("etc/new", "n");
    unlinkSync(tree.at("etc/sub/c"));
    const changes = await tree.lookAgain(["/etc/new", "/etc/sub/c", "/etc/a", "/srv/x"], etc);
    expect(told(changes).sort()).toEqual([
      "added /etc/new",
      "deleted /etc/sub/c",
      "modified /etc/a",
    ]);
  });

  test("of a new folder sees all that it holds, of one that is gone all that it held", async () => {
    tree.write("etc/fresh/x/y", "y");
    rmSync(tree.at("etc/sub"), { recursive: true });
    const changes = await tree.lookAgain(["/etc/fresh", "/etc/sub", "/etc/sub/deep"], etc);
    expect(told(changes).sort()).toEqual([
      "added /etc/fresh",
      "added /etc/fresh/x",
      "added /etc/fresh/x/y",
      "deleted /etc/sub",
      "deleted /etc/sub/c",
      "deleted /etc/sub/deep",
      "deleted /etc/sub/deep/d",
    ]);
  });

  test("of a folder that another one was put in place of sees every difference", async () => {
    renameSync(tree.at("etc/sub"), tree.at("aside"));
    tree.write("etc/sub/c", "evil");
    tree.write("etc/sub/z", "z");
    const changes = await tree.lookAgain(["/etc/sub"], etc);
    expect(told(changes).sort()).toEqual([
      "added /etc/sub/z",
      "deleted /etc/sub/deep",
      "deleted /etc/sub/deep/d",
      "modified /etc/sub/c",
    ]);
    expect(await tree.scan(etc)).toEqual([]);
  });
});

test("a long file is given up when the scan is stopped, and found again by the next one", async () => {
  tree.write("etc/a", "0");
  tree.write("etc/long", "0");
  await tree.scan(etc);
  tree.write("etc/a", "1!");
  truncateSync(tree.at("etc/long"), 100_000_000);
  let stop: AbortController;
  let pieces = 0;
  const pace = {
    spend: ({ bytes = 0 }) => {
      if (bytes > 100_000) pieces += 1;
      if (pieces === 3) stop.abort();
      return undefined;
    },
  };
  for (const looking of [scan, lookAllAgain]) {
    [stop, pieces] = [new AbortController(), 0];
    expect(await collected(looking(tree.options(etc, { pace, signal: stop.signal })))).toEqual([]);
    expect(pieces).toBe(3);
  }
  expect(tree.troubles).toEqual([]);
  expect(told(await tree.scan(etc))).toEqual(["modified /etc/a", "modified /etc/long"]);
});

const lookAllAgain = (options: ScanOptions) => lookAgain(["/etc/a", "/etc/long"], options);

async function collected<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

test("owner and group, where this may be tried", async () => {
  tree.write("etc/a", "x");
  await tree.scan(etc);
  if (process.getuid?.() === 0) chownSync(tree.at("etc/a"), 1, 2);
  else chmodSync(tree.at("etc/a"), 0o600);
  expect(told(await tree.scan(etc))).toEqual(["modified /etc/a"]);
});

test("a hard link to a file elsewhere is another file", async () => {
  tree.write("etc/a", "x");
  await tree.scan(etc);
  linkSync(tree.at("etc/a"), tree.at("etc/b"));
  expect(told(await tree.scan(etc))).toEqual(["added /etc/b"]);
  expect(lstatSync(tree.at("etc/b")).nlink).toBe(readdirSync(tree.at("etc")).length);
});
