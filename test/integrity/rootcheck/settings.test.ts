import { describe, expect, test } from "vitest";
import type { Check } from "../../../src/integrity/rootcheck/check.ts";
import { kernelAudit } from "../../../src/integrity/rootcheck/checks/settings/kernel.ts";
import { sshdAudit } from "../../../src/integrity/rootcheck/checks/settings/sshd.ts";
import { sudoAudit } from "../../../src/integrity/rootcheck/checks/settings/sudo.ts";
import { runChecks, signFindings } from "../../../src/integrity/rootcheck/rootcheck.ts";
import { scratchGround, silent } from "./ground.ts";

async function audited(check: Check, files: Readonly<Record<string, string>>): Promise<string[]> {
  const { ground, put } = scratchGround();
  for (const [name, text] of Object.entries(files)) put(name, text);
  return (await check(ground)).map(({ text }) => text.replace(/^System Audit: /, ""));
}

describe("sshd", () => {
  const safe = "PasswordAuthentication no\nKbdInteractiveAuthentication no\n";

  test("without sshd there is nothing to say", async () => {
    expect(await audited(sshdAudit, {})).toEqual([]);
  });

  test("what holds when nothing is said counts, too", async () => {
    expect(await audited(sshdAudit, { "etc/ssh/sshd_config": "" })).toEqual([
      "sshd: passwords are taken, which can be guessed (PasswordAuthentication yes). File: /etc/ssh/sshd_config.",
    ]);
    expect(await audited(sshdAudit, { "etc/ssh/sshd_config": safe })).toEqual([]);
  });

  test("the first word holds, wherever an Include brings it in", async () => {
    const files = {
      "etc/ssh/sshd_config": `Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\nPasswordAuthentication no\n`,
      "etc/ssh/sshd_config.d/10-a.conf": 'permitrootlogin="yes" # for now\nInclude more/*\n',
      "etc/ssh/sshd_config.d/20-b.conf": "PermitRootLogin no\nStrictModes no\n",
      "etc/ssh/sshd_config.d/ignored.txt": "PermitEmptyPasswords yes\n",
      "etc/ssh/more/x": "LogLevel QUIET\n",
    };
    expect(await audited(sshdAudit, files)).toEqual([
      "sshd: root may log in with a password (PermitRootLogin yes). File: /etc/ssh/sshd_config.d/10-a.conf.",
      "sshd: keys are taken from files that others may write (StrictModes no). File: /etc/ssh/sshd_config.d/20-b.conf.",
      "sshd: logins are not logged, so attacks are not seen (LogLevel) QUIET. File: /etc/ssh/more/x.",
    ]);
  });

  test("root with a key alone is in order", async () => {
    const text = `PermitRootLogin yes\n${safe}`;
    expect(await audited(sshdAudit, { "etc/ssh/sshd_config": text })).toEqual([]);
    const other = "PermitRootLogin yes\nPasswordAuthentication no\n";
    expect(await audited(sshdAudit, { "etc/ssh/sshd_config": other })).toHaveLength(1);
  });

  test("what stands in a Match is for some, until Match all and the end of an included file", async () => {
    const files = {
      "etc/ssh/sshd_config": `${safe}Include /etc/ssh/a\nPermitEmptyPasswords yes\nMatch User x\nStrictModes no\nMatch all\nIgnoreRhosts no\n`,
      "etc/ssh/a": "Match User y\nPermitUserEnvironment yes\n",
    };
    expect((await audited(sshdAudit, files)).map((text) => /\((\w+)/.exec(text)?.[1])).toEqual([
      "PermitEmptyPasswords",
      "IgnoreRhosts",
    ]);
  });

  test("a file that includes itself ends", async () => {
    const text = `Include /etc/ssh/sshd_config /etc/ssh/sshd_config\n${safe}`;
    expect(await audited(sshdAudit, { "etc/ssh/sshd_config": text })).toEqual([]);
  });
});

describe("sudo", () => {
  test("who may do everything without a password, also in files that are included", async () => {
    const files = {
      "etc/sudoers":
        "Defaults env_reset\nroot ALL=(ALL) NOPASSWD: ALL\n%sudo ALL=(ALL:ALL) ALL\n#x ALL=(ALL) NOPASSWD: ALL\n@includedir /etc/sudoers.d\n",
      "etc/sudoers.d/deploy": "deploy,ci ALL=(ALL) \\\n  NOPASSWD: ALL\n",
      "etc/sudoers.d/some": "backup ALL=(root) NOPASSWD: /usr/bin/rsync\n",
      "etc/sudoers.d/off.bak": "x ALL=(ALL) NOPASSWD: ALL\n",
      "etc/sudoers.d/90-cloud-init-users": "debian ALL=(ALL) NOPASSWD:ALL\n",
      "etc/sudoers.d/group":
        "%wheel\tALL=(ALL:ALL) NOPASSWD: SETENV: ALL\nDefaults:x !authenticate\n",
    };
    expect(await audited(sudoAudit, files)).toEqual([
      "sudo: deploy,ci may do everything without a password (NOPASSWD: ALL). File: /etc/sudoers.d/deploy.",
      "sudo: %wheel may do everything without a password (NOPASSWD: ALL). File: /etc/sudoers.d/group.",
      "sudo: asks nobody for a password (Defaults !authenticate). File: /etc/sudoers.d/group.",
    ]);
  });

  test("names are made printable", async () => {
    const [text] = await audited(sudoAudit, {
      "etc/sudoers": "\x1b[2Jx\xff ALL=(ALL) NOPASSWD: ALL\n",
    });
    expect(text).toContain("\\x1b[2Jx\\xff may");
  });
});

describe("the kernel", () => {
  const strict = {
    "proc/sys/kernel/randomize_va_space": "2\n",
    "proc/sys/kernel/dmesg_restrict": "1\n",
    "proc/sys/fs/protected_symlinks": "1\n",
    "proc/sys/fs/suid_dumpable": "2\n",
    "proc/sys/net/ipv4/conf/all/rp_filter": "0\n",
    "proc/sys/net/ipv4/conf/default/rp_filter": "2\n",
    "proc/sys/net/ipv4/conf/all/accept_redirects": "0\n",
    "proc/sys/net/ipv4/conf/default/accept_redirects": "0\n",
  };

  test("is in order where it is strict, and where nothing can be read", async () => {
    expect(await audited(kernelAudit, strict)).toEqual([]);
    expect(await audited(kernelAudit, {})).toEqual([]);
  });

  test("each weak value is named with its file", async () => {
    const texts = await audited(kernelAudit, {
      ...strict,
      "proc/sys/kernel/randomize_va_space": "1\n",
      "proc/sys/fs/protected_symlinks": "0\n",
      "proc/sys/net/ipv4/conf/default/rp_filter": "0\n",
      "proc/sys/net/ipv4/conf/default/accept_redirects": "1\n",
    });
    expect(texts.map((text) => /File: \/proc\/sys\/(\S+)\./.exec(text)?.[1])).toEqual([
      "kernel/randomize_va_space",
      "fs/protected_symlinks",
      "net/ipv4/conf/all/rp_filter",
      "net/ipv4/conf/all/accept_redirects",
    ]);
  });

  test("a router asks only one setting for redirects", async () => {
    const router = { "proc/sys/net/ipv4/conf/all/forwarding": "1\n" };
    const weak = { "proc/sys/net/ipv4/conf/default/accept_redirects": "1\n" };
    expect(await audited(kernelAudit, { ...strict, ...weak, ...router })).toEqual([]);
  });
});

test("weak settings are told in one finding, once; what comes later in another one", async () => {
  const { ground, put } = scratchGround();
  put("etc/ssh/sshd_config", "PermitEmptyPasswords yes\n");
  const first = await runChecks(ground, new Set(), silent);
  const [finding, ...others] = signFindings(first.fresh, 1);
  expect(others).toEqual([]);
  expect(finding?.fields).toEqual({ status: "audit" });
  expect(finding?.text.split("\n")).toEqual([
    "System Audit: 2 settings are weaker than they should be.",
    " sshd: passwords are taken, which can be guessed (PasswordAuthentication yes). File: /etc/ssh/sshd_config.",
    " sshd: accounts without a password may log in (PermitEmptyPasswords yes). File: /etc/ssh/sshd_config.",
  ]);
  put("etc/ssh/sshd_config", "PermitEmptyPasswords yes\nStrictModes no\n");
  const keys = new Set(first.standing.map(({ key }) => key));
  const second = signFindings((await runChecks(ground, keys, silent)).fresh, 2);
  expect(second).toHaveLength(1);
  expect(second[0]?.text).toContain("StrictModes");
});

test("of very many the first forty, and how many more; of one check no more than two hundred", async () => {
  const { ground, put } = scratchGround({ off: ["check_sys"] });
  const users = Array.from({ length: 500 }, (_, n) => `u${n} ALL=(ALL) NOPASSWD: ALL`);
  put("etc/sudoers", users.join("\n"));
  const warned: string[] = [];
  const log = { ...silent, warn: (text: string) => warned.push(text) };
  const { fresh } = await runChecks(ground, new Set(), log);
  expect(fresh).toHaveLength(200);
  expect(warned).toEqual(["check_unixaudit found 300 more than are told"]);
  const [finding] = signFindings(fresh, 1);
  expect(finding?.text.split("\n")).toHaveLength(42);
  expect(finding?.text).toContain(" … and 160 more");
});

test("a check is switched off by OSSEC's option", async () => {
  const { ground, put } = scratchGround({ off: ["check_unixaudit"] });
  put("etc/ssh/sshd_config", "PermitEmptyPasswords yes\n");
  expect((await runChecks(ground, new Set(), silent)).standing).toEqual([]);
});
