import {
  chmodSync,
  watch as fsWatch,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keysIn } from "../../../src/config/syscheck-defaults.ts";
import type { Syscheck } from "../../../src/config/syscheck-settings.ts";
import type { Gap, WatchOptions } from "../../../src/integrity/watch/options.ts";
import { watch } from "../../../src/integrity/watch/watch.ts";
import { until } from "../../cli/scratch.ts";
import { memoryLog } from "../../respond/machine.ts";
import { openTree, settingsOf, type Tree, watching } from "../tree.ts";

let tree: Tree;
let stop: AbortController;
let seen: Set<string>;
let sets: number;
let counted: () => number;
let gaps: Gap[];
let ended: Promise<void> | undefined;

beforeEach(() => {
  tree = openTree();
  stop = new AbortController();
  [seen, sets, gaps, ended] = [new Set(), 0, [], undefined];
});
afterEach(async () => {
  stop.abort();
  await ended;
  tree.remove();
});

/** Watches in the background until the test ends; returns how many folders. */
async function start(settings: Syscheck, more: Partial<WatchOptions> = {}): Promise<number> {
  counted = () => -1;
  const batches = watch({
    settings,
    root: tree.root,
    log: memoryLog(),
    signal: stop.signal,
    times: { quiet: 30, longest: 300 },
    mountinfo: join(tree.scratch, "mountinfo"),
    onGap: (gap) => gaps.push(gap),
    onReady: (count) => {
      counted = count;
    },
    ...more,
  });
  ended = (async () => {
    for await (const set of batches) {
      sets += 1;
      for (const path of set) seen.add(path);
    }
  })();
  await until(() => counted() >= 0, "every folder to be watched");
  return counted();
}

const sees = (...paths: string[]) =>
  until(() => paths.every((path) => seen.has(path)), `${paths} of ${[...seen]}`);

describe("what happens in a watched folder", () => {
  beforeEach(async () => {
    for (const path of ["etc/a", "etc/sub/b", "etc/sub/deep/c"]) tree.write(path, "x");
    await start(settingsOf(["/etc"]));
  });

  test("a file made, changed, renamed, removed, and another mode", async () => {
    tree.write("etc/new", "x");
    tree.write("etc/sub/b", "y");
    renameSync(tree.at("etc/sub/deep/c"), tree.at("etc/sub/deep/d"));
    unlinkSync(tree.at("etc/a"));
    await sees("/etc/new", "/etc/sub/b", "/etc/sub/deep/c", "/etc/sub/deep/d", "/etc/a");
    chmodSync(tree.at("etc/sub"), 0o777);
    chmodSync(tree.at("etc"), 0o777);
    await sees("/etc/sub", "/etc");
  });

  test("a new folder with all that it holds by then, and what comes later", async () => {
    mkdirSync(tree.at("etc/x/y/z"), { recursive: true });
    writeFileSync(tree.at("etc/x/y/z/f"), "x");
    await sees("/etc/x", "/etc/x/y", "/etc/x/y/z", "/etc/x/y/z/f");
    writeFileSync(tree.at("etc/x/y/z/later"), "x");
    await sees("/etc/x/y/z/later");
  });

  test("a folder that was moved in is watched, one that was moved out is not", async () => {
    tree.write("aside/in/f", "x");
    renameSync(tree.at("aside/in"), tree.at("etc/in"));
    await sees("/etc/in/f");
    renameSync(tree.at("etc/sub"), tree.at("aside/out"));
    await sees("/etc/sub");
    seen.clear();
    writeFileSync(tree.at("aside/out/deep/f"), "x");
    writeFileSync(tree.at("etc/in/g"), "x");
    await sees("/etc/in/g");
    expect([...seen].filter((path) => path.includes("deep"))).toEqual([]);
  });

  test("a folder that another one takes the place of", async () => {
    tree.write("aside/sub/evil", "x");
    renameSync(tree.at("etc/sub"), tree.at("aside/old"));
    renameSync(tree.at("aside/sub"), tree.at("etc/sub"));
    await sees("/etc/sub", "/etc/sub/evil");
    writeFileSync(tree.at("etc/sub/more"), "x");
    await sees("/etc/sub/more");
  });

  test("the folder itself, removed and made again", async () => {
    rmSync(tree.at("etc"), { recursive: true });
    await sees("/etc", "/etc/sub/deep/c");
    tree.write("etc/again", "x");
    await sees("/etc/again");
  });

  test("names of any bytes", async () => {
    const name = Buffer.from([0x63, 0xe9, 0x0a, 0xff]);
    writeFileSync(Buffer.concat([Buffer.from(`${tree.at("etc")}/`), name]), "x");
    await sees("/etc/c\xe9\n\xff");
    mkdirSync(Buffer.concat([Buffer.from(`${tree.at("etc")}/d`), name]));
    writeFileSync(
      Buffer.concat([Buffer.from(`${tree.at("etc")}/d`), name, Buffer.from("/f")]),
      "x",
    );
    await sees("/etc/dc\xe9\n\xff/f");
  });

  test("many at once are one set or a few", async () => {
    for (let n = 0; n < 1000; n++) writeFileSync(tree.at(`etc/sub/${n}`), "x");
    await sees("/etc/sub/999");
    expect(sets).toBeLessThan(20);
    expect(gaps).toEqual([]);
  });

  test("that more happened than can be kept is said", async () => {
    // The process is busy, and meanwhile the queue of the kernel fills.
    for (let n = 0; n < 9000; n++) unlinkAfterWriting(tree.at(`etc/sub/${n % 50}`));
    await until(() => gaps.length > 0, "the gap");
    expect(gaps[0]).toEqual({ kind: "overflow" });
  });
});

function unlinkAfterWriting(path: string): void {
  writeFileSync(path, "x");
  unlinkSync(path);
}

test("only what is in realtime, not what is ignored, and only as deep as wanted", async () => {
  for (const path of ["etc/a", "srv/b", "etc/ignored/c", "opt/one/two/d"]) tree.write(path, "x");
  const settings = settingsOf(
    ["/etc", watching("/srv", { realtime: false }), watching("/opt", { depth: 1 })],
    { ignore: [{ kind: "prefix", pattern: "/etc/ignored" }] },
  );
  await start(settings);
  for (const path of ["srv/b", "etc/ignored/c", "opt/one/two/d", "opt/one/x", "etc/a"]) {
    tree.write(path, "y");
  }
  await sees("/etc/a", "/opt/one/x");
  expect([...seen].filter((path) => /srv|ignored|two\/d/.test(path))).toEqual([]);
});

test("the keys of a home that is made later", async () => {
  mkdirSync(tree.at("home/ada"), { recursive: true });
  await start(settingsOf(["/home/*/.ssh/authorized_keys*"]));
  tree.write("home/ada/.ssh/authorized_keys", "x");
  await sees("/home/ada/.ssh/authorized_keys");
  tree.write("home/bob/.ssh/authorized_keys2", "x");
  await sees("/home/bob/.ssh/authorized_keys2");
  tree.write("home/bob/notes", "x");
  tree.write("home/bob/.ssh/authorized_keys2", "y");
  expect([...seen].filter((path) => path.includes("notes"))).toEqual([]);
});

test("keys in a folder that a link leads to, and no more folders than links lead to", async () => {
  const link = (to: string) => {
    rmSync(tree.at("home/ada/.ssh"), { force: true });
    symlinkSync(tree.at(to), tree.at("home/ada/.ssh"));
  };
  for (const name of ["a", "b", "c"]) tree.write(`srv/${name}/authorized_keys`, "x");
  mkdirSync(tree.at("home/ada"), { recursive: true });
  link("srv/a");
  const before = await start(settingsOf([keysIn("/home/*/.ssh")]));
  tree.write("srv/a/authorized_keys2", "x");
  await sees("/srv/a/authorized_keys2");
  for (const name of ["b", "c"]) {
    link(`srv/${name}`);
    await sees(`/srv/${name}/authorized_keys`);
    tree.write(`srv/${name}/authorized_keys2`, "x");
    await sees(`/srv/${name}/authorized_keys2`);
    expect(counted()).toBe(before);
  }
});

test("what somebody makes in his folder of keys takes no watches", async () => {
  tree.write("home/ada/.ssh/authorized_keys", "x");
  const settings = settingsOf([keysIn("/home/*/.ssh")]);
  const few = await start(settings);
  stop.abort();
  await ended;
  stop = new AbortController();
  for (let n = 0; n < 30; n++) tree.write(`home/ada/.ssh/${n}/x`, "");
  expect(await start(settings)).toBe(few);
});

test("a system without more watches is announced once, and the rest goes on", async () => {
  for (let n = 0; n < 9; n++) tree.write(`etc/${n}/f`, "x");
  let left = 5;
  const begin = ((...args: Parameters<typeof fsWatch>) => {
    left -= 1;
    if (left >= 0) return fsWatch(...args);
    throw Object.assign(new Error("ENOSPC: System limit reached, watch '/x'"), { code: "ENOSPC" });
  }) as typeof fsWatch;
  expect(await start(settingsOf(["/etc"]), { begin })).toBe(5);
  expect(gaps).toEqual([{ kind: "limit", watched: 5, reason: "ENOSPC: System limit reached" }]);
  tree.write("etc/new", "x");
  await sees("/etc/new");
});

test("who ends it before every folder is watched does not hear that they are", async () => {
  tree.write("etc/a", "x");
  let isReady = false;
  const onReady = () => {
    isReady = true;
  };
  const { signal } = stop;
  const settings = settingsOf(["/etc"]);
  const first = watch({ settings, root: tree.root, log: memoryLog(), signal, onReady }).next();
  stop.abort();
  expect((await first).done).toBe(true);
  expect(isReady).toBe(false);
});
