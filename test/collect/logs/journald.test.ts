import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Line } from "../../../src/core/event.ts";
import { until } from "../processes.ts";

// A real journald and a real journalctl, as root in a mount namespace: Debian's packages systemd and util-linux.
const fixture = (name: string) => join(import.meta.dirname, "../fixtures", name);
let folder: string;
let shell: ChildProcessWithoutNullStreams;
let tell: (command: string) => Promise<void>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "collect-journald-"));
  shell = spawn("unshare", ["--mount", "bash", fixture("journald.sh")]);
  let complaints = "";
  shell.stderr.on("data", (text) => {
    complaints += text;
  });
  const answers = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value } = await answers.next();
    if (value !== "ok")
      throw new Error(`needs root, systemd-journald and util-linux: ${complaints}`);
  };
  tell = (command) => {
    shell.stdin.write(`${command}\n`);
    return answer();
  };
  await answer();
});
afterEach(async () => {
  const ended = once(shell, "exit");
  shell.stdin.end();
  if (shell.exitCode === null) await ended;
  // What was killed may write its last word while the folder goes.
  rmSync(folder, { recursive: true, maxRetries: 20, retryDelay: 50 });
});

const output = () => join(folder, "seen");
/** Lines that are not whole yet are left out. */
const seen = () =>
  existsSync(output())
    ? readFileSync(output(), "utf8")
        .split("\n")
        .slice(0, -1)
        .map((line): Line => JSON.parse(line))
    : [];
const told = () =>
  seen()
    .filter(({ text }) => text.startsWith("test "))
    .map(({ text, header }) => [header?.program, text]);
const follow = async () => {
  const command = [process.execPath, fixture("follow-journal.ts"), join(folder, "state"), output()];
  await tell(`${command.map((word) => `'${word}'`).join(" ")} & follower=$!`);
};

test("W9, W34: believes journald, not the writer, and goes on where it was killed", async () => {
  await tell("as 0 -t sshd test before the first start");
  await follow();
  await until(() => existsSync(join(folder, "state/positions.db")), "the follower");
  for (let count = 0; told().length === 0; count += 1) {
    await tell("as 0 -t sshd test of root");
    await until(() => told().length > 0, "a line", 0.5).catch(() => {});
    if (count > 20) throw new Error("nothing came");
  }
  await tell("kill -9 $follower");
  await tell("as 1000 -t sshd test of a user");
  await tell("as 0 -p authpriv.info -t sudo test of root again");
  await tell("as 0 -t sshd $'test with \\xff'");
  await follow();
  await until(() => told().some(([, text]) => text?.startsWith("test with")), "the last line");
  const lines = told();
  expect(lines.every(([, text]) => text !== "test before the first start")).toBe(true);
  expect(lines[0]).toEqual(["sshd", "test of root"]);
  expect(lines.slice(-3)).toEqual([
    ["user[1000]", "test of a user"],
    ["sudo", "test of root again"],
    ["sshd", "test with \ufffd"],
  ]);
  expect(seen().at(-1)).toMatchObject({ format: "journald", location: "journald" });
});
