import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findKeyPlaces } from "../../src/integrity/key-places.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stockade-keys-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const account = (name: string, home: string, shell = "/bin/sh") =>
  `${name}:x:1000:1000::${home}:${shell}\n`;
const paths = () => findKeyPlaces(root).directories.map(({ path }) => path);

test("homes of who has a shell, wherever they are; those that are watched anyway are left", () => {
  const accounts = [
    account("root", "/root"),
    account("ana", "/home/ana"),
    account("www-data", "/var/www", "/usr/sbin/nologin"),
    account("postgres", "/var/lib/postgresql/", "/bin/bash"),
    account("git", "/srv/git", "/usr/bin/git-shell"),
    account("again", "/srv//git", ""),
    account("deep", "/home/staff/bob"),
    account("top", "/"),
    "+::::::\nno account\n",
  ];
  put("etc/passwd", accounts.join(""));
  const { directories, leftOut } = findKeyPlaces(root);
  expect(directories.map(({ path }) => path)).toEqual([
    "/var/lib/postgresql/.ssh",
    "/srv/git/.ssh",
    "/home/staff/bob/.ssh",
    "/.ssh",
  ]);
  for (const one of directories) {
    expect(one).toMatchObject({ realtime: true, reportChanges: true, depth: 0, keys: true });
    expect(one.restrict).toBe("/.ssh$|/authorized_keys");
  }
  expect(leftOut).toEqual([]);
});

test("AuthorizedKeysFile, of all files and for whomever, with what its tokens mean", () => {
  put("etc/passwd", account("root", "/root") + account("git", "/srv/git"));
  put(
    "etc/ssh/sshd_config",
    "Include /etc/ssh/sshd_config.d/*.conf\nAuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2\n" +
      'Match User git\n  authorizedkeysfile=/var/keys/%u/keys "/etc/ssh/keys/%u"\nMatch User x\nAuthorizedKeysFile none\n',
  );
  put("etc/ssh/sshd_config.d/50-cloud.conf", "AuthorizedKeysFile %h/keys/%u # theirs\n");
  expect(paths()).toEqual([
    "/srv/git/.ssh",
    "/root/keys/*",
    "/home/*/keys/*",
    "/srv/git/keys/*",
    "/var/keys/*/keys",
  ]);
  expect([...findKeyPlaces(root).sources]).toEqual([
    "/etc/passwd",
    "/etc/ssh/sshd_config",
    "/etc/ssh/sshd_config.d",
    "/etc/ssh/sshd_config.d/50-cloud.conf",
  ]);
});

test("what is no plain path is left out, and said", () => {
  const strange = ["relative", "/proc/self/root", "/srv/../etc", "/srv/*", "/a[b]", "/a\x1b[2J"];
  const long = `/${"x".repeat(5000)}`;
  const all = [...strange, long].map((home) => account("a", home)).join("");
  put(
    "etc/passwd",
    Buffer.concat([Buffer.from(all), Buffer.from(account("b", "/\xff"), "latin1")]),
  );
  put("etc/ssh/sshd_config", "AuthorizedKeysFile /keys/%x /dev/%u %h/../k\n");
  const { directories, leftOut } = findKeyPlaces(root);
  expect(directories).toEqual([]);
  expect(leftOut).toHaveLength(strange.length + 2 + 2 + 2);
  expect(leftOut).toContain('"/a\\x1b[2J"');
  for (const one of leftOut) expect(one.length).toBeLessThan(200);
});

test("of too many the first are watched, and the rest is said", () => {
  const many = Array.from({ length: 300 }, (_, at) => account(`a${at}`, `/srv/a${at}`));
  put("etc/passwd", many.join(""));
  put("etc/ssh/sshd_config", "AuthorizedKeysFile %h/a %h/b %h/c\n");
  const { directories, leftOut } = findKeyPlaces(root);
  expect(directories).toHaveLength(400);
  expect(leftOut).toEqual(["100 of 300 homes", "406 of 806 places of keys"]);
  put("etc/passwd", account("a", "/srv/a").repeat(60_000));
  expect(findKeyPlaces(root).leftOut).toContain("accounts behind the first MB of /etc/passwd");
});

test("without any of these files there is nothing more", () => {
  expect(findKeyPlaces(root)).toMatchObject({ directories: [], leftOut: [] });
});
