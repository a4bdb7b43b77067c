import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { followPattern } from "../../../src/collect/locations/follow-pattern.ts";
import { followFile } from "../../../src/collect/logs/file.ts";
import { openPositions, type Positions } from "../../../src/collect/logs/positions.ts";
import { collectLog } from "../collect-log.ts";
import { drive } from "../drive.ts";
import { until } from "../processes.ts";

let folder: string;
let positions: Positions;
let running: ReturnType<typeof drive>[];
let messages: string[];
/** How far the clock is ahead of this machine's. */
let ahead: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-pattern-"));
  positions = openPositions(join(folder, "state"), collectLog().log);
  running = [];
  messages = [];
  ahead = 0;
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  positions.close();
  rmSync(folder, { recursive: true });
});

const path = (name: string) => join(folder, name);

function sourceOf(name: string, options: Partial<Parameters<typeof followPattern>[0]> = {}) {
  const collected = collectLog();
  messages = collected.messages;
  const { log } = collected;
  const clock = () => Date.now() + ahead;
  return followPattern({
    location: path(name),
    taken: new Set<string>(),
    positions,
    log,
    clock,
    surveyMs: 20,
    follow: (one, from) =>
      followFile({ path: one, format: "syslog", positions, log, clock, from, pollMs: 20 }),
    ...options,
  });
}
function follow(source: ReturnType<typeof sourceOf>) {
  const one = drive(source);
  running.push(one);
  return one;
}
const isFollowing = (source: ReturnType<typeof sourceOf>) =>
  until(() => source.health().state === "following", "following");

test("old files from their ends, new ones from their beginnings, without a restart", async () => {
  writeFileSync(path("a.log"), "old\n");
  const source = sourceOf("*.log");
  const one = follow(source);
  await isFollowing(source);
  appendFileSync(path("a.log"), "a\n");
  await one.until(1);
  writeFileSync(path("b.log"), "b\n");
  await one.until(2);
  expect(one.lines.map(({ text, location }) => [text, location])).toEqual([
    ["a", path("a.log")],
    ["b", path("b.log")],
  ]);
  expect(source.health()).toMatchObject({ lines: 2, problem: undefined });
});

test("waits where there is nothing yet", async () => {
  const source = sourceOf("*.log");
  const one = follow(source);
  expect(source.health()).toMatchObject({ state: "waiting" });
  expect(source.health().problem).toMatch(/^no file is there that ".*\*\.log" means$/);
  await until(() => positions.load(`files:${path("*.log")}`) !== undefined, "a survey");
  writeFileSync(path("a.log"), "a\n");
  await one.until(1);
});

test("a folder that cannot be read is told once, and read when it can be", async () => {
  symlinkSync("loop", path("loop"));
  const source = sourceOf("loop/*.log");
  const one = follow(source);
  await until(() => source.health().state === "failed", "failed");
  expect(source.health().problem).toMatch(/^cannot read ".*\/loop": ELOOP/);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(messages).toHaveLength(1);
  unlinkSync(path("loop"));
  mkdirSync(path("loop"));
  await until(() => source.health().state === "waiting", "waiting");
  writeFileSync(path("loop/a.log"), "a\n");
  await one.until(1);
  expect(source.health()).toMatchObject({ state: "following", problem: undefined });
});

test("W9: goes on where it was, and has what came while it did not run", async () => {
  writeFileSync(path("a.log"), "");
  const source = sourceOf("*.log");
  const first = follow(source);
  await isFollowing(source);
  appendFileSync(path("a.log"), "1\n");
  await first.until(1);
  await first.stop();
  appendFileSync(path("a.log"), "2\n");
  writeFileSync(path("b.log"), "3\n");
  const second = follow(sourceOf("*.log"));
  await second.until(2);
  expect(second.texts().toSorted()).toEqual(["2", "3"]);
});

test("a rotation is one log's, not another log's", async () => {
  writeFileSync(path("a.log"), "");
  const source = sourceOf("a.log*");
  const one = follow(source);
  await isFollowing(source);
  for (let count = 1; count <= 20; count += 1) {
    appendFileSync(path("a.log"), `${count}\n`);
    await one.until(count);
    renameSync(path("a.log"), path("a.log.1"));
    // For this time only the old file is there and matches.
    if (count % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 60));
    writeFileSync(path("a.log"), "");
  }
  appendFileSync(path("a.log"), "end\n");
  await one.until(21);
  expect(one.texts()).toEqual([...Array.from({ length: 20 }, (_, n) => String(n + 1)), "end"]);
});

test("a day's file is followed to its end when the next day begins, also after a restart", async () => {
  ahead = new Date(2026, 0, 5, 23).getTime() - Date.now();
  const name = "app-%Y-%m-%d.log";
  const one = follow(sourceOf(name));
  await until(() => positions.load(`files:${path(name)}`) !== undefined, "a survey");
  writeFileSync(path("app-2026-01-05.log"), "1\n");
  await one.until(1);
  ahead += 7_200_000;
  writeFileSync(path("app-2026-01-06.log"), "2\n");
  await one.until(2);
  appendFileSync(path("app-2026-01-05.log"), "3\n");
  await one.until(3);
  await one.stop();
  appendFileSync(path("app-2026-01-05.log"), "4\n");
  const two = follow(sourceOf(name));
  await two.until(1);
  expect([...one.texts(), ...two.texts()]).toEqual(["1", "2", "3", "4"]);
});

test("a file that has gone is forgotten after a while, and new when it comes again", async () => {
  writeFileSync(path("a.log"), "");
  const taken = new Set<string>();
  const source = sourceOf("*.log", { taken, graceMs: 200 });
  const one = follow(source);
  await isFollowing(source);
  appendFileSync(path("a.log"), "1\n");
  await one.until(1);
  unlinkSync(path("a.log"));
  await until(() => source.health().state === "waiting", "the end");
  await until(() => taken.size === 0, "its end");
  expect(positions.load(`file:${path("a.log")}`)).toBeUndefined();
  writeFileSync(path("a.log"), "2\n");
  await one.until(2);
  expect(one.texts()).toEqual(["1", "2"]);
});

test("a file is read once, however many patterns mean it", async () => {
  const taken = new Set([path("b.log")]);
  for (const name of ["a.log", "b.log"]) writeFileSync(path(name), "");
  const source = sourceOf("*.log", { taken });
  const one = follow(source);
  await isFollowing(source);
  appendFileSync(path("b.log"), "b\n");
  appendFileSync(path("a.log"), "a\n");
  await one.until(1);
  expect(one.texts()).toEqual(["a"]);
  await one.stop();
  expect([...taken]).toEqual([path("b.log")]);
});

test("too many files are told once", async () => {
  for (const name of ["a", "b", "c"]) writeFileSync(path(`${name}.log`), "");
  const source = sourceOf("*.log", { most: 2 });
  follow(source);
  await isFollowing(source);
  writeFileSync(path("d.log"), "");
  writeFileSync(path("e.log"), "");
  await until(() => messages.length > 0, "a word");
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatch(/means over 2 files: ".*" is not read$/);
  expect(existsSync(path("d.log"))).toBe(true);
});

test("W31: a slow reader slows all of its files", async () => {
  const line = `${"x".repeat(99)}\n`;
  const names = ["a", "b", "c", "d"].map((name) => path(`${name}.log`));
  for (const name of names) writeFileSync(name, "");
  const source = sourceOf("*.log");
  let busy = false;
  const one = drive(source, async () => {
    expect(busy).toBe(false);
    busy = true;
    await new Promise((resolve) => setTimeout(resolve, 1));
    busy = false;
  });
  running.push(one);
  await isFollowing(source);
  for (const name of names) appendFileSync(name, line.repeat(20_000));
  await one.until(80_000);
  expect(one.lines.length).toBe(80_000);
});
