import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAccounts } from "../../src/integrity/accounts.ts";
import { sha256 } from "./scratch-system.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stockade-accounts-"));
  mkdirSync(join(root, "etc"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, "etc", name), text);
});
afterEach(() => rmSync(root, { recursive: true }));

const files = {
  passwd:
    "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\nana:x:1000:1000::/home/ana:/bin/bash\n",
  shadow:
    "root:$6$abc$defghijkl:1:0:99999:7:::\nwww-data:*:1:0:99999:7:::\nana:$6$abc$xyz:1:0:99999:7:::\n",
  group: "root:x:0:\nsudo:x:27:ana\nssl-cert:x:104:\nana:x:1000:\n",
};
const service = "redis:x:103:107::/var/lib/redis:/usr/sbin/nologin\n";

function verdict(
  changes: Readonly<Record<string, string>>,
  path: string,
  mayRemove = false,
): boolean {
  const accounts = openAccounts({ root, kept: undefined, key: Buffer.from("k"), sha256 });
  const kept = accounts.remember();
  const name = path.split("/").at(-1)!.replace("-", "");
  const before = kept[`/etc/${name}`]?.sha256;
  for (const [file, text] of Object.entries(changes)) writeFileSync(join(root, "etc", file), text);
  return accounts.isSystemOnly(path, before, mayRemove);
}

test("the account of a service", () => {
  expect(verdict({ passwd: files.passwd + service }, "/etc/passwd")).toBe(true);
  expect(verdict({ "passwd-": files.passwd }, "/etc/passwd-")).toBe(true);
});

test("a service with a shell, and no password to log in with", () => {
  const passwd = `${files.passwd}postgres:x:103:107::/var/lib/postgresql:/bin/bash\n`;
  for (const [word, is] of [
    ["!", true],
    ["!*", true],
    ["!$6$abc$def", false],
    ["", false],
  ] as const) {
    writeFileSync(join(root, "etc/passwd"), files.passwd);
    const shadow = `${files.shadow}postgres:${word}:1::::::\n`;
    expect(verdict({ passwd, shadow }, "/etc/passwd")).toBe(is);
  }
});

test("numbers that are lent to a service, and none that is somebody's", () => {
  for (const [lent, is] of [
    ["100000:65536", true],
    ["0:65536", false],
    ["1000:1", false],
    ["-1:100000", false],
    ["0x100000:1", false],
  ] as const) {
    writeFileSync(join(root, "etc/subuid"), "ana:100000:65536\n");
    expect(verdict({ subuid: `ana:100000:65536\nredis:${lent}\n` }, "/etc/subuid")).toBe(is);
  }
});

test("with its account, its other lines go", () => {
  const without = (text: string) => text.replace(/^www-data.*\n/m, "");
  const [passwd, shadow] = [without(files.passwd), without(files.shadow)];
  expect(verdict({ passwd, shadow }, "/etc/shadow", true)).toBe(true);
  writeFileSync(join(root, "etc/shadow"), files.shadow);
  expect(verdict({ passwd, shadow }, "/etc/shadow")).toBe(false);
  writeFileSync(join(root, "etc/shadow"), files.shadow);
  expect(verdict({ passwd: files.passwd, shadow }, "/etc/shadow", true)).toBe(false);
});

test.each([
  ["a second root", "toor:x:0:0::/root:/bin/bash\n"],
  ["one that can log in", "redis:x:103:107::/:/bin/bash\n"],
  ["one without a password", "redis::103:107::/:/usr/sbin/nologin\n"],
  ["a person", "eve:x:1001:1001::/home/eve:/usr/sbin/nologin\n"],
  ["another's number", "redis:x:33:107::/:/usr/sbin/nologin\n"],
])("%s is none", (_, line) => {
  expect(verdict({ passwd: files.passwd + line }, "/etc/passwd")).toBe(false);
});

test("a file that is taken takes no other one's changes with it", () => {
  const accounts = openAccounts({ root, kept: undefined, key: Buffer.from("k"), sha256 });
  const before = accounts.remember()["/etc/group"]?.sha256;
  writeFileSync(join(root, "etc/passwd"), files.passwd + service);
  writeFileSync(join(root, "etc/group"), `${files.group}tcpdump:x:105:\n`);
  accounts.remember(["/etc/passwd"]);
  expect(accounts.changes("/etc/passwd").said).toEqual([]);
  expect(accounts.changes("/etc/group").said).toHaveLength(1);
  expect(accounts.isSystemOnly("/etc/group", before, false)).toBe(true);
});

test("who was there must be as before", () => {
  expect(
    verdict(
      {
        passwd:
          files.passwd.replace("33:33::/var/www:/usr/sbin/nologin", "33:33::/var/www:/bin/sh") +
          service,
      },
      "/etc/passwd",
    ),
  ).toBe(false);
});

test("who was there must stay, unless packages were removed", () => {
  const passwd = files.passwd.replace(/^www-data.*\n/m, "");
  expect(verdict({ passwd }, "/etc/passwd")).toBe(false);
  writeFileSync(join(root, "etc/passwd"), files.passwd);
  expect(verdict({ passwd }, "/etc/passwd", true)).toBe(true);
  writeFileSync(join(root, "etc/passwd"), files.passwd);
  expect(verdict({ passwd: files.passwd.replace(/^ana.*\n/m, "") }, "/etc/passwd", true)).toBe(
    false,
  );
});

test.each([
  ["redis:!:1::::::\n", true],
  ["redis:*:1:0:99999:7:::\n", true],
  ["redis::1:0:99999:7:::\n", false],
  ["redis:$6$abc$def:1:0:99999:7:::\n", false],
])("shadow's new line %j", (line, is) => {
  expect(
    verdict({ passwd: files.passwd + service, shadow: files.shadow + line }, "/etc/shadow"),
  ).toBe(is);
});

test.each([
  ["a new group", (text: string) => `${text}redis:x:107:\n`, true],
  [
    "a service joins",
    (text: string) => text.replace("ssl-cert:x:104:", "ssl-cert:x:104:redis"),
    true,
  ],
  [
    "a person joins",
    (text: string) => text.replace("ssl-cert:x:104:", "ssl-cert:x:104:ana"),
    false,
  ],
  [
    "a service joins a powerful one",
    (text: string) => text.replace("sudo:x:27:ana", "sudo:x:27:ana,redis"),
    false,
  ],
])("group: %s", (_, edit, is) => {
  expect(verdict({ passwd: files.passwd + service, group: edit(files.group) }, "/etc/group")).toBe(
    is,
  );
});

test("what is remembered holds no password", () => {
  const accounts = openAccounts({ root, kept: undefined, key: Buffer.from("k"), sha256 });
  const kept = JSON.stringify(accounts.remember());
  expect(kept).not.toContain("$6$");
  expect(kept).not.toContain(readFileSync(join(root, "etc/shadow"), "utf8").split("\n")[1]);
  const again = openAccounts({ root, kept: JSON.parse(kept), key: Buffer.from("k"), sha256 });
  writeFileSync(join(root, "etc/passwd"), files.passwd + service);
  expect(again.isSystemOnly("/etc/passwd", sha256(Buffer.from(files.passwd)), false)).toBe(true);
  expect(again.isSystemOnly("/etc/passwd", "0".repeat(64), false)).toBe(false);
});

function changes(now: Readonly<Record<string, string>>, path: string) {
  const accounts = openAccounts({ root, kept: undefined, key: Buffer.from("k"), sha256 });
  accounts.remember();
  for (const [file, text] of Object.entries(now)) writeFileSync(join(root, "etc", file), text);
  return accounts.changes(path);
}

test("who came, went and was changed is said by name", () => {
  const passwd = `root:x:0:0:root:/root:/bin/bash\nana:x:0:1000::/home/ana:/bin/bash\ntoor::0:0::/root:/bin/sh\n`;
  expect(changes({ passwd }, "/etc/passwd")).toEqual({
    said: [
      "account ana had uid 1000 and has another: uid 0, the rights of root, home /home/ana, shell /bin/bash",
      "new account toor: uid 0, the rights of root, home /root, shell /bin/sh, no password is asked for",
      "account www-data is gone",
    ],
    likeRoot: ["ana", "toor"],
  });
  const group = "root:x:0:\nsudo:x:27:\nssl-cert:x:104:\nana:x:1000:\nnew:x:1001:eve,ana\n";
  expect(changes({ group }, "/etc/group").said).toEqual([
    "ana is no more in group sudo",
    "new group new: gid 1001",
    "eve is now in group new",
    "ana is now in group new",
  ]);
  const shadow = files.shadow.replace("$6$abc$xyz", "$6$abc$other");
  const said = changes({ shadow }, "/etc/shadow").said;
  expect(said).toEqual(["the password of ana was changed, or for how long it is good"]);
  expect(changes({}, "/etc/passwd")).toEqual({ said: [], likeRoot: [] });
  expect(changes({}, "/etc/hostname")).toEqual({ said: [], likeRoot: [] });
});

test("hostile names of accounts are shown escaped, and none is a name of JavaScript's", () => {
  const passwd = `${files.passwd}__proto__:x:5:5::/:/bin/sh\nx\u202e\x1b[2J:x:6:6::/:/bin/sh\n`;
  expect(changes({ passwd }, "/etc/passwd").said).toEqual([
    "new account __proto__: uid 5, home /, shell /bin/sh",
    "new account x\\u202e\\x1b[2J: uid 6, home /, shell /bin/sh",
  ]);
});
