import { describe, expect, test } from "vitest";
import { unifiedLines } from "../../src/integrity/texts/unified.ts";
import { keepable, whatChanged } from "../../src/integrity/texts/what-changed.ts";
import { randomNumbers } from "../random.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");
const changed = (before: string, after: string, path = "/etc/tool.conf") =>
  whatChanged(path, { before: keepable(path, bytes(before)), after: bytes(after) });

test("a unified difference, as diff -u writes it", () => {
  const old = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
  const fresh = ["a", "b", "C", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"];
  expect(unifiedLines(old, fresh)).toEqual([
    "@@ -1,6 +1,6 @@",
    " a",
    " b",
    "-c",
    "+C",
    " d",
    " e",
    " f",
    "@@ -10,3 +10,4 @@",
    " j",
    " k",
    " l",
    "+m",
  ]);
  expect(unifiedLines([], ["a"])).toEqual(["@@ -0,0 +1 @@", "+a"]);
  expect(unifiedLines(old, old)).toEqual([]);
});

test("any difference leads from the one text to the other", () => {
  const random = randomNumbers(7);
  for (let turn = 0; turn < 300; turn += 1) {
    const old = Array.from({ length: random(40) }, () => `line ${random(6)}`);
    const fresh = old.flatMap(
      (line) => [[], [line, `new ${random(3)}`], ["other"], [line]][random(4)]!,
    );
    expect(applied(old, unifiedLines(old, fresh))).toEqual(fresh);
  }
});

test("work is bounded, whatever is compared", () => {
  const old = Array.from({ length: 20_000 }, (_, index) => `old ${index}`);
  const fresh = Array.from({ length: 20_000 }, (_, index) => `new ${index}`);
  const lines = unifiedLines(old, fresh);
  expect(lines[0]).toBe("@@ -1,20000 +1,20000 @@");
  const shown = changed(old.join("\n"), fresh.join("\n"))!;
  expect(shown.split("\n")).toHaveLength(101);
  expect(shown).toMatch(/\n\.\.\. diff was truncated: 39901 more lines$/);
  expect(changed("", "x".repeat(5_000))).toMatch(/^@@ -0,0 \+1 @@\n\+x{399}… \(4601 more bytes\)$/);
});

describe("secrets are never copied", () => {
  test.each([
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/gshadow",
    "/etc/ssl/private/site.pem",
    "/etc/ssh/ssh_host_ed25519_key",
    "/root/.ssh/id_rsa",
    "/etc/letsencrypt/live/x/privkey.pem",
    "/etc/postfix/sasl_passwd",
    "/etc/postfix/sasl_passwd.db",
    "/root/.my.cnf",
    "/etc/wireguard/wg0.conf",
    "/etc/apt/auth.conf",
    "/etc/bind/rndc.key",
    "/srv/www/.env",
    "/srv/.htpasswd",
  ])("%s", (path) => {
    expect(keepable(path, bytes("anything"))).toBeUndefined();
    expect(changed("old", "new", path)).toBe("(not shown: the file holds secrets)");
  });

  test.each([
    "/etc/ssh/sshd_config",
    "/root/.ssh/authorized_keys",
    "/root/.ssh/id_rsa.pub",
    "/etc/sudoers",
    "/etc/cron.d/x",
    "/etc/ssh/ssh_host_rsa_key.pub",
    "/etc/passwd",
  ])("%s is shown", (path) =>
    expect(changed("old\n", "new\n", path)).toBe("@@ -1 +1 @@\n-old\n+new"),
  );

  test("a key under any name", () => {
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
    expect(keepable("/etc/tool.conf", bytes(key))).toBeUndefined();
    expect(changed("old\n", key)).toBe("(not shown: the file holds a key)");
  });

  test("passwords in settings", () => {
    const kept = keepable(
      "/etc/tool.conf",
      bytes("user = a\npassword = hunter2\nurl = https://me:hunter2@example.com/\n"),
    );
    expect(String(kept)).toBe(
      "user = a\npassword = (hidden)\nurl = https://me:(hidden)@example.com/\n",
    );
    expect(changed("password=hunter2\n", "password=hunter3\n")).toBe(
      "(only what looks like a secret, or the last line's end)",
    );
    expect(changed("a\n", 'a\napi_key: "abcdef"\nroot:$6$salt$abcdefghijk:1\n')).toBe(
      '@@ -1 +1,3 @@\n a\n+api_key: "(hidden)"\n+root:(hidden):1',
    );
  });

  test.each([
    "#GSSAPICleanupCredentials yes",
    "# Allow client to pass locale and color environment variables",
    "use_token: false",
    "ssl_key_password_required no",
  ])("%s is none", (line) => expect(String(keepable("/etc/a.conf", bytes(line)))).toBe(line));

  test.each([
    ["requirepass foobared", "requirepass (hidden)"],
    ["  'password' => 'hunter2',", "  'password' => '(hidden)',"],
    ["login me password hunter2", "login me password (hidden)"],
    ["pass: yes-it-is-long", "pass: (hidden)"],
    ["eve ALL=(ALL) NOPASSWD: ALL", "eve ALL=(ALL) NOPASSWD: ALL"],
  ])("%s", (line, hidden) => expect(String(keepable("/etc/a.conf", bytes(line)))).toBe(hidden));

  test("sshd's PasswordAuthentication is no password", () => {
    expect(changed("PasswordAuthentication no\n", "PasswordAuthentication yes\n")).toBe(
      "@@ -1 +1 @@\n-PasswordAuthentication no\n+PasswordAuthentication yes",
    );
  });
});

test("what is no text, what the admin does not want, and what nobody kept", () => {
  expect(changed("a", "\x7fELF\0\0")).toBe("(not shown: it is no text)");
  expect(keepable("/usr/bin/x", bytes("\x7fELF\0\0"))).toBeUndefined();
  const [before, after] = [bytes("a"), bytes("b")];
  const hidden = "<Diff truncated because nodiff option>";
  // What was kept while it was still shown stays where it is, deleted or not.
  for (const now of [after, "unknown", undefined] as const)
    expect(whatChanged("/etc/a", { before, after: now }, "nodiff")).toBe(hidden);
  expect(whatChanged("/etc/a", { before, after: undefined }, "report_changes")).toBeUndefined();
  expect(whatChanged("/etc/a", { before: "unknown", after })).toBe(
    "(not shown: what it held before was not kept)",
  );
  expect(whatChanged("/etc/a", { before, after: "unknown" })).toBe("(not shown: it is too long)");
  expect(whatChanged("/etc/a", { before: "unknown", after: "unknown" })).toBeUndefined();
  expect(whatChanged("/etc/a", { before: undefined, after: undefined })).toBeUndefined();
});

test("hostile lines stay lines, tabs are spaces", () => {
  const after = bytes(`\ta\x1b[2J\r\u00ff\n${Buffer.from("\u202e").toString("latin1")}\n`);
  expect(whatChanged("/etc/a", { before: bytes(""), after })).toBe(
    "@@ -0,0 +1,2 @@\n+    a\\x1b[2J\\x0d\u00ff\n+\\u202e",
  );
});

/** What patch(1) makes of it. */
function applied(old: readonly string[], lines: readonly string[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const line of lines) {
    const begin = beginOf(line) ?? at;
    result.push(...old.slice(at, begin));
    at = begin;
    if (/^[+ ]/.test(line)) result.push(line.slice(1));
    if (/^[- ]/.test(line)) at += 1;
  }
  return [...result, ...old.slice(at)];
}

function beginOf(line: string): number | undefined {
  const [, from, count] = /^@@ -(\d+)(?:,(\d+))? /.exec(line) ?? [];
  if (from === undefined) return undefined;
  return Number(from) - (count === "0" ? 0 : 1);
}

test("what was kept by a version that knew fewer secrets is masked when it is shown", () => {
  const shown = (before: string, after: string) =>
    whatChanged("/etc/tool.conf", { before: bytes(before), after: bytes(after) });
  expect(shown("password = hunter2\na\n", "password = hunter2\nb\n")).toBe(
    "@@ -1,2 +1,2 @@\n password = (hidden)\n-a\n+b",
  );
  expect(shown("-----BEGIN PRIVATE KEY-----\n", "b\n")).toBe("(not shown: the file holds a key)");
});
