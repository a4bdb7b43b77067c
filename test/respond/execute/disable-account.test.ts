import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { caller } from "../../../src/respond/execute/call.ts";
import { disableAccount } from "../../../src/respond/execute/disable-account.ts";
import type { Execution } from "../../../src/respond/execute/execution.ts";
import { memoryLog, remove } from "../machine.ts";
import { anExecution } from "./bench.ts";

let root: string;
const today = Math.floor(Date.now() / 86_400_000);

/** Name, number, primary group, password, expiry. */
const people: readonly [string, number, number, string, string][] = [
  ["root", 0, 0, "$6$a$b", ""],
  ["second-root", 0, 1000, "$6$a$b", ""],
  ["www-data", 33, 33, "*", ""],
  ["nobody", 65534, 65534, "*", ""],
  ["bob", 1001, 1001, "$6$abc$def", ""],
  ["key-only", 1002, 1002, "!", ""],
  ["star", 1003, 1003, "*", ""],
  ["open", 1004, 1004, "", ""],
  ["leaving", 1005, 1005, "$6$a$b", `${today + 30}`],
  ["left", 1006, 1006, "$6$a$b", `${today - 1}`],
  ["boss", 1007, 1007, "$6$a$b", ""],
  ["wheeler", 1008, 27, "$6$a$b", ""],
  ["locked", 1009, 1009, "!$6$a$b", ""],
];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "accounts-"));
  mkdirSync(join(root, "etc"));
  const write = (name: string, rows: string[], mode: number) =>
    writeFileSync(join(root, "etc", name), `${rows.join("\n")}\n`, { mode });
  write(
    "passwd",
    people.map(([name, uid, gid]) => `${name}:x:${uid}:${gid}::/home/x:/bin/sh`),
    0o644,
  );
  write(
    "shadow",
    people.map(([name, , , word, end]) => `${name}:${word}:20000:0:99999:7::${end}:`),
    0o640,
  );
  write("group", ["root:x:0:", "sudo:x:27:boss,other", "users:x:100:bob"], 0o644);
  write("login.defs", ["UID_MIN\t\t1000", "UID_MAX 60000"], 0o644);
});
afterEach(() => remove(root));

const open = () => disableAccount(root, caller(10), Date.now, memoryLog());
const shadowOf = (user: string) =>
  readFileSync(join(root, "etc/shadow"), "utf8")
    .split("\n")
    .map((row) => row.split(":"))
    .filter(([name]) => name === user)
    .map(([, word, , , , , , end]) => [word, end])[0];
const asWritten = () => people.map(([name, , , word, end]) => [name, word, end]);
const now = () => people.map(([name]) => [name, ...(shadowOf(name) ?? [])]);

async function disable(user: string): Promise<Execution> {
  const { address: _address, ...bare } = anExecution({ user, executable: "disable-account" });
  const prepared = await open().prepare(bare);
  if (!prepared.ok) throw new Error(prepared.reason);
  const execution = { ...bare, ...(prepared.account && { account: prepared.account }) };
  expect(await open().add(execution)).toMatchObject({ ok: true });
  return execution;
}

describe("an account that was disabled becomes what it was", () => {
  test.each([
    ["bob", ["!$6$abc$def", "1"]],
    ["leaving", ["!$6$a$b", "1"]],
    ["key-only", ["!", "1"]],
    ["star", ["*", "1"]],
    ["open", ["", "1"]],
    ["locked", ["!$6$a$b", "1"]],
  ])("%s", async (user, meanwhile) => {
    const execution = await disable(user);
    expect(shadowOf(user)).toEqual(meanwhile);
    expect(await open().delete(execution)).toMatchObject({ ok: true });
    expect(now()).toEqual(asWritten());
    const { mode } = statSync(join(root, "etc/shadow"));
    expect(mode & 0o777).toBe(0o640);
  });

  test("a second undoing changes nothing", async () => {
    const execution = await disable("bob");
    await open().delete(execution);
    expect(await open().delete(execution)).toMatchObject({ ok: true });
    expect(now()).toEqual(asWritten());
  });

  test("what the admin has set in the meantime stays", async () => {
    const execution = await disable("bob");
    const path = join(root, "etc/shadow");
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace(/^bob:.*$/m, `bob:new:20000:0:99999:7::${today + 9}:`),
    );
    expect(await open().delete(execution)).toMatchObject({ ok: true });
    expect(shadowOf("bob")).toEqual(["new", `${today + 9}`]);
  });

  test("an account that is gone needs none", async () => {
    const execution = await disable("bob");
    writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
    expect(await open().delete(execution)).toEqual({ ok: true });
  });
});

describe("never disabled, and that is no failure", () => {
  test.each([
    ["root", /no person's account/],
    ["second-root", /no person's account/],
    ["www-data", /no person's account/],
    ["nobody", /no person's account/],
    ["boss", /group sudo/],
    ["wheeler", /group sudo/],
    ["left", /somebody has disabled it before/],
    ["mallory", /no such account/],
    // W15: OSSEC's script hands any of these to passwd.
    ["-d", /no such account/],
    ["bob:", /no such account/],
    ["", /no such account/],
    ["1001", /no such account/],
  ])("%j", async (user, reason) => {
    const { address: _address, ...bare } = anExecution({ user, executable: "disable-account" });
    expect(await open().prepare(bare)).toMatchObject({
      ok: false,
      isRight: true,
      reason: expect.stringMatching(reason),
    });
    expect(now()).toEqual(asWritten());
  });
});

test("what usermod says no to is a failure with its reason", async () => {
  const { address: _address, ...bare } = anExecution({ user: "bob" });
  writeFileSync(join(root, "etc/passwd"), "");
  const done = await open().add({ ...bare, account: { expires: "", hadPassword: true } });
  expect(done).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/^usermod ended with exit code 6/),
  });
});
