import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Ground } from "../../../src/integrity/rootcheck/check.ts";
import { deletedPrograms } from "../../../src/integrity/rootcheck/checks/deleted-programs.ts";
import { devices } from "../../../src/integrity/rootcheck/checks/devices.ts";
import {
  hiddenIn,
  hiddenProcesses,
} from "../../../src/integrity/rootcheck/checks/hidden-processes.ts";
import { kernelTaint } from "../../../src/integrity/rootcheck/checks/kernel.ts";
import { preloaded } from "../../../src/integrity/rootcheck/checks/preloaded.ts";
import { promiscuousInterfaces } from "../../../src/integrity/rootcheck/checks/promiscuous.ts";
import { runChecks, signFindings } from "../../../src/integrity/rootcheck/rootcheck.ts";
import { scratchGround, silent } from "./ground.ts";

let folder: string;
let owned: Map<string, string>;
let ground: Ground;
let put: ReturnType<typeof scratchGround>["put"];
let run: ReturnType<typeof scratchGround>["run"];

beforeEach(() => {
  ({ folder, ground, owned, put, run } = scratchGround());
});

test("a server with nothing on it has no signs", async () => {
  const { standing } = await runChecks(ground, new Set(), silent);
  expect(standing).toEqual([]);
});

test("on this machine no process is hidden", { timeout: 60_000 }, async () => {
  expect(await hiddenProcesses({ ...ground, proc: "/proc" })).toEqual([]);
});

test("promiscuous for Suricata is in order, for a program of no package it is not", async () => {
  put("sys/class/net/eth0/flags", "0x1103\n");
  put("sys/class/net/lo/flags", "0x9\n");
  put(
    "proc/1/net/packet",
    "sk RefCnt Type Proto Iface R Rmem User Inode\n00 3 3 0003 2 1 0 0 77\n",
  );
  run(500, "/usr/bin/suricata", 77);
  owned.set("/usr/bin/suricata", "suricata");
  expect(await promiscuousInterfaces(ground)).toEqual([]);
  owned.clear();
  const [sign] = await promiscuousInterfaces(ground);
  expect(sign?.text).toBe(
    "Interface 'eth0' in promiscuous mode, listened to by process 500 (/usr/bin/suricata).",
  );
});

test("a library that is loaded into everything is a rootkit's way, unless a package's", async () => {
  put("etc/ld.so.preload", "# ours\n/usr/lib/libsnoopy.so /lib/x\x80.so\n");
  owned.set("/usr/lib/libsnoopy.so", "snoopy");
  const signs = await preloaded(ground);
  expect(signs.map(({ kind }) => kind)).toEqual(["notice", "rootkit"]);
  expect(signs[1]?.text).toContain("'/lib/x\\x80.so'");
});

test("LD_PRELOAD of a process is told once for each library of no package", async () => {
  put("proc/7/environ", "PATH=/bin\0LD_PRELOAD=/tmp/h.so:libc.so.6\0");
  put("proc/8/environ", "LD_PRELOAD=/tmp/h.so\0");
  const signs = await preloaded(ground);
  expect(signs.map(({ text }) => text)).toEqual([
    "Library '/tmp/h.so' of no package is loaded into process 8 by LD_PRELOAD.",
  ]);
});

test("a program that an upgrade replaced is a notice, one of no package is suspicious", async () => {
  run(10, "/usr/sbin/sshd (deleted)");
  run(11, "/tmp/.x\n (deleted)");
  run(12, "/memfd:a (deleted)");
  owned.set("/usr/sbin/sshd", "openssh-server");
  const signs = await deletedPrograms(ground);
  expect(signs.map(({ kind, file }) => [kind, file])).toEqual([
    ["suspicious", "/tmp/.x\\x0a"],
    ["suspicious", "/memfd:a"],
    ["notice", undefined],
  ]);
  expect(signs[2]?.text).toContain("openssh-server");
});

test("what the kernel says of modules that are not its own", async () => {
  put("proc/sys/kernel/tainted", "12288\n");
  const signs = await kernelTaint(ground);
  expect(signs.map(({ key, kind }) => [key, kind])).toEqual([
    ["taint 12", "notice"],
    ["taint 13", "suspicious"],
  ]);
});

test("plain files in /dev, also in folders below it; /dev/shm is looked at, too", async () => {
  put("dev/.hidden/backdoor", "");
  put("dev/shm/x", "");
  put("dev/shm/sem.postgres", "");
  put("dev/shm/squid-cf__queues.shm", "");
  const signs = await devices(ground);
  expect(signs.map(({ kind, file }) => [kind, file])).toEqual([
    ["hidden", "/dev/.hidden/backdoor"],
    ["notice", "/dev/shm/x"],
  ]);
});

test("W33: what stays is told once, what was cleaned and comes back is told again", async () => {
  const run = async (before: readonly string[]) => runChecks(ground, new Set(before), silent);
  put("dev/evil", "");
  const first = await run([]);
  expect(first.fresh).toHaveLength(1);
  const second = await run(first.standing.map(({ key }) => key));
  expect(second.fresh).toEqual([]);
  rmSync(join(folder, "dev/evil"));
  const third = await run(second.standing.map(({ key }) => key));
  expect(third.standing).toEqual([]);
  put("dev/evil", "");
  const [again] = (await run(third.standing.map(({ key }) => key))).fresh;
  expect(again && signFindings([again], 5)[0]).toEqual({
    at: 5,
    decoder: "rootcheck",
    location: "rootcheck",
    text: "File '/dev/evil' present on /dev. Possible hidden file.",
    fields: { status: "hidden", filename: "/dev/evil" },
  });
});

test("W33: a process that the list leaves out is found by its number, above 32,768, too", async () => {
  const proc = join(folder, "listless");
  put("listless/loadavg", "0.0 0.0 0.0 1/2 40000\n");
  put("hidden/status", "Name:\tevil\nTgid:\t39000\n");
  put("hidden/comm", "evil\n");
  symlinkSync(join(folder, "hidden"), join(proc, "39000"));
  const signs = await hiddenIn(proc, () => []);
  expect(signs.map(({ text }) => text)).toEqual([
    `Process '39000' hidden from /proc. Possible kernel level rootkit. It calls itself "evil".`,
  ]);
});
