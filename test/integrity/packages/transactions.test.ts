import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askedBy } from "../../../src/integrity/packages/asked-by.ts";
import { openTransactions } from "../../../src/integrity/packages/transactions.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stockade-logs-"));
  mkdirSync(join(root, "var/log/apt"), { recursive: true });
  mkdirSync(join(root, "var/lib/dpkg"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (time: string) => new Date(`2026-11-22T${time}`).getTime();
const put = (path: string, text: string | Buffer) => writeFileSync(join(root, path), text);
const since = async (time: string, now = "23:00:00") =>
  await openTransactions({ root, now: () => at(now) }).since(at(time));

const history = `
Start-Date: 2026-11-22  15:09:55
Commandline: apt-get install tool
Requested-By: ana (1000)
Install: libtool:amd64 (1.0, automatic), tool:amd64 (2.0)
Upgrade: libc6:amd64 (2.36-9, 2.36-10)
End-Date: 2026-11-22  15:10:15

Start-Date: 2026-11-22  16:00:00
Commandline: /usr/bin/unattended-upgrade
Upgrade: openssl:amd64 (3.0.1, 3.0.2)
`;
const log = `2026-11-22 15:09:56 startup archives unpack
2026-11-22 15:09:56 upgrade libc6:amd64 2.36-9 2.36-10
2026-11-22 15:09:57 status half-installed libc6:amd64 2.36-9
2026-11-22 15:10:00 install tool:all <none> 2.0
2026-11-22 15:10:10 trigproc libc-bin:amd64 2.36-10 <none>
2026-11-22 16:00:01 upgrade openssl:amd64 3.0.1 3.0.2
2026-11-22 18:00:00 upgrade byhand:all 1 1
2026-11-22 18:00:01 configure byhand:all 1 <none>
2026-11-22 18:00:02 upgrade ha`;

test("apt's history and dpkg's log are put together", async () => {
  put("var/log/apt/history.log", history);
  put("var/log/dpkg.log", log);
  const [first, second, third, ...more] = await since("12:00:00");
  expect(more).toEqual([]);
  expect(first).toMatchObject({
    id: "apt-20261122-150955",
    from: at("15:09:55"),
    to: at("15:10:15"),
    running: false,
    askedBy: "apt-get install tool by ana",
  });
  expect(first?.packages).toEqual([
    { package: "libc6", architecture: "amd64", action: "upgrade", from: "2.36-9", to: "2.36-10" },
    { package: "tool", architecture: "all", action: "install", from: undefined, to: "2.0" },
    {
      package: "libc-bin",
      architecture: "amd64",
      action: "trigger",
      from: "2.36-10",
      to: undefined,
    },
  ]);
  // Ended before it could say so: it lasts until the last thing known of it.
  expect(second).toMatchObject({
    id: "apt-20261122-160000",
    to: at("16:00:01"),
    askedBy: "unattended-upgrades",
  });
  expect(third).toMatchObject({
    id: "dpkg-20261122-180000",
    to: at("18:00:01"),
    askedBy: "dpkg",
    packages: [{ package: "byhand", action: "reinstall" }],
  });
});

test("what ended before is left out, what was rotated away is read", async () => {
  put("var/log/apt/history.log", "");
  put("var/log/dpkg.log.1", log);
  put("var/log/apt/history.log.1.gz", gzipSync(history));
  expect((await since("15:30:00")).map(({ id }) => id)).toEqual([
    "apt-20261122-160000",
    "dpkg-20261122-180000",
  ]);
});

test("the steps of unattended-upgrades are one run, another day's and anybody else's are not", async () => {
  const run = (from: string, to: string, command: string, name: string) =>
    `Start-Date: 2026-11-22  ${from}\nCommandline: ${command}\nUpgrade: ${name}:amd64 (1, 2)\nEnd-Date: 2026-11-22  ${to}\n\n`;
  const unattended = "/usr/bin/unattended-upgrade";
  put(
    "var/log/apt/history.log",
    run("15:00:00", "15:00:05", unattended, "a") +
      run("15:00:12", "15:00:20", unattended, "b") +
      run("15:00:25", "15:00:30", "apt-get upgrade", "c") +
      run("15:00:31", "15:00:32", unattended, "d") +
      run("16:00:00", "16:00:05", unattended, "e"),
  );
  put("var/log/dpkg.log", "");
  const found = await since("12:00:00");
  expect(found.map(({ id, packages }) => [id, ...packages.map((one) => one.package)])).toEqual([
    ["apt-20261122-150000", "a", "b"],
    ["apt-20261122-150025", "c"],
    ["apt-20261122-150031", "d"],
    ["apt-20261122-160000", "e"],
  ]);
  expect(found[0]).toMatchObject({ from: at("15:00:00"), to: at("15:00:20"), running: false });
});

test("a clock that was set back only widens a run", async () => {
  put("var/log/apt/history.log", history.replace("15:10:15", "14:00:00"));
  expect((await since("13:00:00"))[0]).toMatchObject({ from: at("14:00:00"), to: at("15:09:55") });
});

test("what is in the logs is bounded and printable", async () => {
  put(
    "var/log/apt/history.log",
    `${history.replace("install tool", `install \x1b[2J\u202e${"x".repeat(10_000)}`)}\n${"Install: ".repeat(9_000)}`,
  );
  put(
    "var/log/dpkg.log",
    `${"junk\0".repeat(100_000)}\n2026-99-99 99:99:99 install a:b c d\n2026-11-22 15:10:00 install ../../etc:all <none> 2\n`,
  );
  const [first] = await since("12:00:00");
  expect(first?.askedBy).toMatch(/^apt-get install \\x1b\[2J\\u202ex+… by ana$/);
  expect(first?.askedBy.length).toBeLessThan(400);
  expect(first?.packages.map((one) => one.package)).toEqual(["libtool", "tool", "libc6"]);
});

test.each([
  ["apt-get -y install x", undefined, "apt-get -y install x"],
  [
    '/usr/bin/apt-get -y -o "Dpkg::Options::=--force-confdef" -o "Dpkg::Options::=--force-confold"       install nginx php',
    "deploy",
    "Ansible (nginx php) by deploy",
  ],
  ["/usr/bin/unattended-upgrade", undefined, "unattended-upgrades"],
  ["", undefined, "apt"],
])("%s by %s is called %s", (commandLine, requestedBy, shown) => {
  expect(askedBy({ from: 0, to: 0, commandLine, requestedBy, packages: [] })).toBe(shown);
});
