import { rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Hashing, openHashing } from "../../src/integrity/hashing/pool.ts";
import { statOf } from "../../src/integrity/look.ts";
import { stampOf } from "../../src/integrity/stamp.ts";
import { until } from "../cli/scratch.ts";
import { openTree, settingsOf, type Tree, told } from "./tree.ts";

const script = new URL("../../src/bin/stockade-integrity-hashing.ts", import.meta.url);
const asFastAsPossible = { filesPerSecond: 0, megabytesPerSecond: 0 };
const long = (text: string) => text.repeat(300_000);

let tree: Tree;
beforeEach(() => {
  tree = openTree();
});
afterEach(() => tree.remove());

const threads = () =>
  process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;

test("threads find the sums that one thread finds, in the same order, and end with the scan", async () => {
  for (let n = 0; n < 8; n++) {
    tree.write(`/opt/${n}/long`, long(`${n}`));
    tree.write(`/opt/${n}/short`, `${n}`);
  }
  const settings = settingsOf(["/opt"], asFastAsPossible);
  await tree.scan(settings);
  const sums = () => tree.baseline.after(undefined, 100).map(({ path }) => tree.baseline.get(path));
  const alone = sums();
  tree.baseline.forget(alone.flatMap((entry) => (entry ? [entry.path] : [])));
  const before = threads();
  const changes = await tree.scan(settings, { threads: { script, most: 2 } });
  expect(sums()).toEqual(alone);
  expect(alone.find((entry) => entry?.path === "/opt/3/long")?.sha256).toHaveLength(64);
  expect(told(changes)).toEqual(alone.map((entry) => `added ${entry?.path}`));
  expect(threads()).toBe(before);
});

test("a scan with a rate does without threads", async () => {
  tree.write("/opt/long", long("a"));
  const none = new URL("file:///nowhere.mjs");
  await tree.scan(settingsOf(["/opt"]), { threads: { script: none, most: 2 } });
  expect(tree.baseline.get("/opt/long")?.sha256).toHaveLength(64);
});

test("threads that cannot begin leave the file unread and are told", async () => {
  for (let n = 0; n < 5; n++) tree.write(`/opt/${n}`, long(`${n}`));
  const none = new URL("file:///nowhere.mjs");
  const settings = settingsOf(["/opt"], asFastAsPossible);
  await tree.scan(settings, { threads: { script: none, most: 2 } });
  expect(tree.troubles.map(({ path }) => path).sort()).toEqual(
    [0, 1, 2, 3, 4].map((n) => `/opt/${n}`),
  );
  await tree.scan(settings);
  expect(tree.baseline.get("/opt/4")?.sha256).toHaveLength(64);
});

test("a thread reads only what it was told of, and follows nothing", async () => {
  const path = join(tree.scratch, "long");
  writeFileSync(path, long("a"));
  const stats = statOf(tree.scratch, "/long");
  if (!stats || "reason" in stats) throw new Error("no file");
  const seen = { path, stamp: stampOf(stats), size: stats.size };
  const hashing: Hashing = openHashing({ script, most: 1 });
  expect(await hashing.read(seen, false)).toMatchObject({ is: "read" });
  expect(await hashing.read({ ...seen, path: Buffer.from(path) }, false)).toMatchObject({
    is: "read",
  });
  rmSync(path);
  expect(await hashing.read(seen, false)).toEqual({ is: "changed" });
  writeFileSync(path, long("a"));
  expect(await hashing.read(seen, false)).toEqual({ is: "changed" });
  rmSync(path);
  symlinkSync("/etc/passwd", path);
  expect(await hashing.read(seen, false)).toEqual({ is: "changed" });
  await hashing.close();
});

test("a scan that is stopped waits for no thread", async () => {
  tree.write("/opt/long", "");
  truncateSync(tree.at("/opt/long"), 500_000_000);
  const settings = settingsOf(["/opt"], asFastAsPossible);
  const stop = new AbortController();
  const scanning = tree.scan(settings, { threads: { script, most: 1 }, signal: stop.signal });
  await until(() => threads() > 0, "a thread");
  const begun = performance.now();
  stop.abort();
  expect(await scanning).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(500);
  expect(tree.baseline.get("/opt/long")).toBeUndefined();
  expect(tree.troubles).toEqual([]);
});
