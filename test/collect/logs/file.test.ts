import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FollowFileOptions, followFile } from "../../../src/collect/logs/file.ts";
import { openPositions, type Positions } from "../../../src/collect/logs/positions.ts";
import type { Batch, Source } from "../../../src/core/source.ts";
import { collectLog } from "../collect-log.ts";
import { drive } from "../drive.ts";
import { startProcesses, until } from "../processes.ts";

let folder: string;
let path: string;
let positions: Positions;
let processes: ReturnType<typeof startProcesses>;
let running: ReturnType<typeof drive>[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-file-"));
  path = join(folder, "auth.log");
  positions = openPositions(join(folder, "state"), collectLog().log);
  processes = startProcesses();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await processes.endAll();
  positions.close();
  rmSync(folder, { recursive: true });
});

const sourceOf = (options: Partial<FollowFileOptions> = {}) =>
  followFile({
    path,
    format: "syslog",
    positions,
    log: collectLog().log,
    clock: Date.now,
    pollMs: 50,
    ...options,
  });
const follow = (source = sourceOf(), handle?: (batch: Batch) => Promise<void>) => {
  const one = drive(source, handle);
  running.push(one);
  return one;
};
const isFollowing = (source: Source) =>
  until(() => source.health().state === "following", "following", 5);
/** Follows `content` to its end. */
const followed = async (content: string) => {
  writeFileSync(path, content);
  const source = sourceOf({ from: "start" });
  const one = follow(source);
  await isFollowing(source);
  return one;
};

describe("where a log begins", () => {
  test("at the end of a file that is there at the very first start", async () => {
    writeFileSync(path, "last month\n");
    const source = sourceOf();
    const one = follow(source);
    await isFollowing(source);
    appendFileSync(path, "now\n");
    await one.until(1);
    expect(one.texts()).toEqual(["now"]);
    expect(one.lines[0]).toMatchObject({ location: path, format: "syslog" });
  });

  test("at the beginning of the line that is being written", async () => {
    writeFileSync(path, "last month\nFailed pass");
    const source = sourceOf();
    const one = follow(source);
    await isFollowing(source);
    appendFileSync(path, "word\n");
    await one.until(1);
    expect(one.texts()).toEqual(["Failed password"]);
  });

  test("each line has the byte at which it begins, over reads, empty lines and a rotation", async () => {
    const long = "x".repeat(100_000);
    const one = await followed(`one\n\nzwölf\n${long}\r\nafter`);
    appendFileSync(path, "wards\n\n");
    await one.until(4);
    renameSync(path, `${path}.1`);
    writeFileSync(path, "\nnew\n");
    await one.until(5);
    expect(one.lines.map(({ text, place }) => [text.slice(0, 10), place])).toEqual([
      ["one", 0],
      ["zwölf", 5],
      ["xxxxxxxxxx", 12],
      ["afterwards", 100_014],
      ["new", 1],
    ]);
  });

  test("W18: at the beginning of a file that appears later, with its folder", async () => {
    const source = sourceOf({ path: join(folder, "new", "app.log") });
    const one = follow(source);
    await until(() => source.health().problem !== undefined, "a word", 5);
    expect(source.health()).toMatchObject({ state: "waiting" });
    expect(source.health().problem).toMatch(/does not exist, waiting for it$/);
    mkdirSync(join(folder, "new"));
    writeFileSync(join(folder, "new", "app.log"), "one\n");
    await one.until(1);
    expect(source.health()).toMatchObject({ state: "following", problem: undefined, lines: 1 });
  });

  test("W9: where the last run was done, though the file came, grew and was rotated meanwhile", async () => {
    const first = follow();
    await until(() => positions.load(`file:${path}`) !== undefined, "a position", 5);
    await first.stop();
    writeFileSync(path, "one\n");
    const second = follow();
    await second.until(1);
    await second.stop();
    appendFileSync(path, "two\n");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "three\n");
    const third = follow();
    await third.until(2);
    expect([...second.texts(), ...third.texts()]).toEqual(["one", "two", "three"]);
  });

  test("anew after a saved position that nobody understands", async () => {
    positions.save(`file:${path}`, "{");
    writeFileSync(path, "old\n");
    const { log, messages } = collectLog();
    const source = sourceOf({ log });
    const one = follow(source);
    await isFollowing(source);
    appendFileSync(path, "new\n");
    await one.until(1);
    expect(one.texts()).toEqual(["new"]);
    expect(messages.join()).toMatch(/cannot be understood/);
  });
});

describe("what happens to a log", () => {
  test("W16: half a line is waited for, whatever happens to the file", async () => {
    const one = await followed("one\nFailed pass");
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, "word\n");
    writeFileSync(path, "three\n");
    await one.until(3);
    expect(one.texts()).toEqual(["one", "Failed password", "three"]);
  });

  test.each(["short\n", "another first line\n", `longer ${"than before ".repeat(9)}.\n`])(
    "a truncation without a copy, then %j",
    async (content) => {
      const one = await followed("some first line..\n");
      await one.until(1);
      truncateSync(path);
      writeFileSync(path, content);
      await one.until(2);
      expect(one.texts().at(-1)).toBe(content.trim());
      appendFileSync(path, "next\n");
      await one.until(3);
      expect(one.texts().at(-1)).toBe("next");
    },
  );

  test("two copytruncates between two looks, the first before anything was read", async () => {
    writeFileSync(path, "");
    const source = sourceOf({ pollMs: 60_000 });
    const one = follow(source);
    await isFollowing(source);
    // All of this is one turn of the event loop: the follower sees only the outcome.
    for (const text of ["one\ntwo\n", "three\n"]) {
      appendFileSync(path, text);
      if (text === "three\n") renameSync(`${path}.1`, `${path}.2`);
      copyFileSync(path, `${path}.1`);
      truncateSync(path);
    }
    appendFileSync(path, "four\n");
    await one.until(4);
    expect(one.texts()).toEqual(["one", "two", "three", "four"]);
  });

  test("a writer that keeps the old file after the new one has lines", async () => {
    const one = await followed("one\n");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "two\n");
    await one.until(2);
    appendFileSync(`${path}.1`, "three\n");
    await one.until(3);
    expect(one.texts()).toEqual(["one", "two", "three"]);
  });

  test("a line without end in a file that was rotated away is counted, not read", async () => {
    writeFileSync(path, "one\nFailed password for root from 192.0.2.1");
    const source = sourceOf({ from: "start", lingerMs: 100 });
    const one = follow(source);
    await one.until(1);
    renameSync(path, `${path}.1`);
    writeFileSync(path, "two\n");
    await until(() => source.health().cut === 1, "the cut", 5);
    expect(one.texts()).toEqual(["one", "two"]);
  });

  test("a symbolic link that moves on", async () => {
    writeFileSync(join(folder, "a"), "one\n");
    symlinkSync("a", path);
    const one = follow(sourceOf({ from: "start" }));
    await one.until(1);
    appendFileSync(join(folder, "a"), "two\n");
    writeFileSync(join(folder, "b"), "three\n");
    unlinkSync(path);
    symlinkSync("b", path);
    await one.until(3);
    expect(one.texts()).toEqual(["one", "two", "three"]);
  });

  test.each([
    ["a directory", () => mkdirSync(path), /it is a directory$/],
    ["a FIFO", () => execFileSync("mkfifo", [path]), /it is no regular file$/],
    ["a link to itself", () => symlinkSync(path, path), /ELOOP/],
  ])("%s in its place is told and survived", async (_, make, problem) => {
    make();
    const { log, messages } = collectLog();
    const source = sourceOf({ log });
    const one = follow(source);
    await until(() => source.health().state === "failed", "a failure", 5);
    expect(source.health().problem).toMatch(problem);
    rmSync(path, { recursive: true });
    await until(() => source.health().state === "waiting", "its end", 5);
    writeFileSync(path, "one\n");
    await one.until(1);
    expect(messages.filter((message) => problem.test(message))).toHaveLength(1);
  });

  test("no permission is told with a hint and tried again", async () => {
    writeFileSync(path, "one\n");
    chmodSync(path, 0o600);
    chmodSync(folder, 0o777);
    const follower = processes.follower(path, join(folder, "own"), join(folder, "seen"), 0, 65_534);
    let words = "";
    follower.stderr.on("data", (text) => {
      words += text;
    });
    await until(() => words !== "", "a word", 10);
    expect(words).toMatch(
      /cannot read ".*": permission denied; let a group read it that the user stockade is in/,
    );
    chmodSync(path, 0o644);
    await until(() => words.includes("following"), "a change", 10);
  });
});

describe("how it reads", () => {
  test("W19: a line is there within 50 ms, by inotify and not by the clock", async () => {
    const source = sourceOf({ pollMs: 60_000 });
    writeFileSync(path, "");
    const one = follow(source);
    await isFollowing(source);
    const delays: number[] = [];
    for (let count = 1; count <= 40; count += 1) {
      const start = performance.now();
      appendFileSync(path, `line ${count}\n`);
      await one.until(count);
      delays.push(performance.now() - start);
    }
    expect(delays.toSorted((a, b) => a - b)[20]).toBeLessThan(50);
  });

  test("W31: a slow reader slows it, and nothing is lost or piles up", async () => {
    const line = `${"x".repeat(99)}\n`;
    const count = 1_000_000;
    for (let part = 0; part < 100; part += 1) appendFileSync(path, line.repeat(count / 100));
    const before = process.memoryUsage().rss;
    let [lines, batches, peak] = [0, 0, 0];
    const source = sourceOf({ from: "start" });
    const one = follow(source, async (batch) => {
      one.lines.length = 0;
      lines += batch.lines.length;
      batches += 1;
      peak = Math.max(peak, process.memoryUsage().rss - before);
      // While a batch is dealt with, no other is read.
      const read = source.health().lines;
      if (batches % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(source.health().lines).toBe(read);
      expect(read).toBe(lines);
    });
    await until(() => lines === count, "all lines", 30);
    expect(peak).toBeLessThan(150_000_000);
  });
});
