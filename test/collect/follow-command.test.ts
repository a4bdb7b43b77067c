import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { followCommand } from "../../src/collect/follow-command.ts";
import type { CommandLog } from "../../src/config/local-file.ts";
import { collectLog } from "./collect-log.ts";
import { drive } from "./drive.ts";
import { until } from "./processes.ts";

let folder: string;
let running: ReturnType<typeof drive>[];
let messages: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-commands-"));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  rmSync(folder, { recursive: true });
});

function start(command: string, settings: Partial<CommandLog> = {}) {
  const collected = collectLog();
  messages = collected.messages;
  const source = followCommand({
    settings: { logFormat: "command", command, location: command, seconds: 1, ...settings },
    log: collected.log,
    clock: Date.now,
    firstMs: 10,
  });
  const one = drive(source);
  running.push(one);
  return { one, source };
}

test("a line for each line, empty ones included, as OSSEC words them", async () => {
  const { one } = start("printf 'Filesystem\\n\\n/dev/sda1 100%%'", { location: "df -P" });
  await one.until(3);
  expect(one.lines[0]).toMatchObject({ format: "command", location: "df -P" });
  expect(one.texts().slice(0, 3)).toEqual([
    "ossec: output: 'df -P': Filesystem",
    "ossec: output: 'df -P': ",
    "ossec: output: 'df -P': /dev/sda1 100%",
  ]);
});

test("one for the whole output, without empty lines", async () => {
  const { one } = start("printf 'a\\r\\n\\nb\\n'", { logFormat: "full_command" });
  await one.until(1);
  expect(one.texts()[0]).toBe("ossec: output: 'printf 'a\\r\\n\\nb\\n'':\na\nb");
  expect(one.lines[0]?.format).toBe("full_command");
});

test("nothing for no output, and the next time counts", async () => {
  const file = join(folder, "out");
  const { one } = start(`cat ${file} 2>/dev/null`, { logFormat: "full_command", location: "out" });
  await until(() => running.length > 0, "a run");
  writeFileSync(file, "now\n");
  await one.until(1);
  expect(one.texts()[0]).toBe("ossec: output: 'out':\nnow");
});

test("a colon in the label, and a very long one, are as OSSEC makes them", async () => {
  const { one } = start("echo x", { location: `a:b ${"c".repeat(300)}` });
  await one.until(1);
  const [text = ""] = one.texts();
  expect(text).toMatch(/^ossec: output: 'a\\b c+x$/);
  expect(text.length).toBe(256);
});

test("again and again, never twice at once", async () => {
  const file = join(folder, "runs");
  const { one } = start(`echo begin >> ${file}; sleep 1.5; echo end >> ${file}; echo x`, {
    seconds: 1,
  });
  await one.until(3);
  await one.stop();
  const runs = readFileSync(file, "utf8");
  expect(runs).toMatch(/^(begin\nend\n){2,}(begin\n)?$/);
});

test("a failure is told once, is seen in the health, and ends", async () => {
  const file = join(folder, "there");
  const { one, source } = start(`echo x; ls ${file}`, { location: "look" });
  await one.until(2);
  expect(source.health()).toMatchObject({ name: "look", state: "failed", lines: 2 });
  expect(source.health().problem).toMatch(/^the command "look" ended with code 2: ls: /);
  expect(messages).toHaveLength(1);
  writeFileSync(file, "");
  await until(() => source.health().state === "following", "its end");
  expect(messages).toEqual([
    expect.stringMatching(/^warn: the command "look" ended with code 2/),
    'info: the command "look" is in order again',
  ]);
});

test("an end in the middle of a run takes the run along", async () => {
  const file = join(folder, "began");
  const { one } = start(`touch ${file}; sleep 4714; echo late`);
  await until(() => existsSync(file), "its start");
  const begin = performance.now();
  await one.stop();
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(one.texts()).toEqual([]);
});
