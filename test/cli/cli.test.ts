import {
  appendFileSync,
  existsSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openScratch, type Scratch, until } from "./scratch.ts";
import { bruteForce } from "./sshd-log.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(() => scratch.remove());

describe("without anything running", () => {
  test("status says what to do, exit code 1", async () => {
    const { stdout, exitCode } = await scratch.cli(["status"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("stockade needs attention");
    expect(stdout).toContain("! the daemon does not run: stockade start");
  });

  test("bans and unban say that nobody answers", async () => {
    const { stderr, exitCode } = await scratch.cli(["bans"]);
    expect(exitCode).toBe(69);
    expect(stderr).toContain("hint: ");
    expect((await scratch.cli(["unban", "010.0.0.1"])).exitCode).toBe(64);
  });
});

test("start, block, bans, unban, reload, stop: the whole life under the supervisor", async () => {
  const response =
    "<active-response><command>firewall-drop</command><level>9</level><timeout>300</timeout></active-response>";
  scratch.settings(`${response}\n<global><white_list>198.51.100.0/24</white_list></global>`);
  writeFileSync(scratch.log, bruteForce("203.0.113.1"));
  expect(await scratch.cli(["start"])).toMatchObject({
    exitCode: 0,
    stdout: "stockade is running",
  });

  appendFileSync(scratch.log, bruteForce("198.51.100.9") + bruteForce("203.0.113.9"));
  const listed = async () => JSON.parse((await scratch.cli(["bans", "--json"])).stdout);
  await until(async () => (await listed()).length > 0, "a block");
  expect(await listed()).toMatchObject([
    { network: "203.0.113.9", response: "firewall-drop", rule: 5720 },
  ]);
  const shown = (await scratch.cli(["bans"])).stdout;
  expect(shown).toContain("203.0.113.9  firewall-drop");

  expect((await scratch.cli(["unban", "203.0.113.9"])).stdout).toBe(
    "203.0.113.9: firewall-drop ended",
  );
  expect((await scratch.cli(["unban", "203.0.113.9"])).exitCode).toBe(1);
  expect((await scratch.cli(["bans"])).stdout).toBe("nobody is blocked");

  scratch.settings("<globl/>");
  expect((await scratch.cli(["reload"])).exitCode).toBe(78);
  scratch.settings(response);
  expect((await scratch.cli(["reload"])).exitCode).toBe(0);
  const ownLog = join(scratch.root, "var/log/stockade/stockade.log");
  await until(
    () => readFileSync(ownLog, "utf8").includes("settings and rules were read anew"),
    "a reload",
  );
  appendFileSync(scratch.log, bruteForce("198.51.100.10"));
  await until(
    async () => (await listed()).length > 0,
    "a block of an address that is white-listed no more",
  );

  expect((await scratch.cli(["stop"])).exitCode).toBe(0);
  const alerts = readFileSync(join(scratch.root, "var/log/stockade/alerts/alerts.log"), "utf8");
  expect(alerts).toContain("Rule: 502 (level 3)");
  expect(alerts).toContain("Rule: 503 (level 3)");
  // What stood in the log before the very first start is history.
  expect(alerts).not.toContain("203.0.113.1 ");
  expect(existsSync(join(scratch.root, "run/stockade/supervisor.pid"))).toBe(false);
});

test("a full disk takes the supervisor's messages, not its processes", async () => {
  const ownLog = join(scratch.root, "var/log/stockade/stockade.log");
  await scratch.cli(["start"]);
  const pid = () =>
    JSON.parse(readFileSync(join(scratch.root, "run/stockade/daemon/status.json"), "utf8")).pid;
  const first = pid();
  rmSync(ownLog);
  symlinkSync("/dev/full", ownLog);
  process.kill(first, "SIGKILL");
  await until(() => pid() !== first, "another daemon");
  expect((await scratch.cli(["stop"])).exitCode).toBe(0);
});

test("a program that asks in JSON is answered in JSON, mistakes included", async () => {
  const answer = async (...args: string[]) =>
    JSON.parse((await scratch.cli([...args, "--json"])).stdout);
  expect(await answer("reload")).toMatchObject({ ok: false, error: "stockade is not running" });
  expect(await answer("bans")).toMatchObject({ ok: false });
  expect(await answer("start")).toEqual({ ok: true, message: "stockade is running" });
  expect(await answer("reload")).toMatchObject({ ok: true });
  expect(await answer("stop")).toMatchObject({ ok: true });
  scratch.settings("<globl/>");
  expect(await answer("config", "check")).toMatchObject({ ok: false });
});

test("a pid file that names a stranger stops nobody and keeps nobody from starting", async () => {
  writeFileSync(join(scratch.root, "run/stockade/supervisor.pid"), `${process.pid}\n`);
  expect((await scratch.cli(["stop"])).exitCode).toBe(0);
  expect((await scratch.cli(["start"])).exitCode).toBe(0);
  expect((await scratch.cli(["stop"])).exitCode).toBe(0);
});
