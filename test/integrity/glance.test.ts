import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Syscheck } from "../../src/config/syscheck-settings.ts";
import { type GlanceOptions, openGlances } from "../../src/integrity/glance.ts";
import { openTree, settingsOf, type Tree, watching } from "./tree.ts";

let tree: Tree;
let clock: number;
beforeEach(() => {
  tree = openTree();
  clock = 1000;
});
afterEach(() => tree.remove());

/** Learns everything; `glance` lets time go by and returns what is suspected. */
async function open(settings: Syscheck, more: Partial<GlanceOptions> = {}) {
  await tree.scan(settings);
  const suspected: string[] = [];
  const { tick } = openGlances({
    settings,
    baseline: tree.baseline,
    root: tree.root,
    pace: { spend: () => undefined },
    signal: new AbortController().signal,
    suspect: (paths) => suspected.push(...paths),
    clock: () => clock,
    ...more,
  });
  return async (seconds: number) => {
    clock += seconds * 1000;
    await tick();
    return suspected.splice(0);
  };
}

test("what is written by a name in a folder that is not watched is found, within a minute and once", async () => {
  tree.write("srv/a", "0");
  tree.write("srv/b", "0");
  mkdirSync(tree.at("aside"));
  linkSync(tree.at("srv/a"), tree.at("aside/other"));
  const glance = await open(settingsOf(["/srv"]));
  expect(await glance(60)).toEqual([]);
  writeFileSync(tree.at("aside/other"), "changed");
  expect(await glance(59)).toEqual([]);
  expect(await glance(1)).toEqual(["/srv/a"]);
  expect(await glance(60)).toEqual([]);
  writeFileSync(tree.at("aside/other"), "again");
  rmSync(tree.at("srv/b"));
  expect(await glance(60)).toEqual(["/srv", "/srv/a", "/srv/b"]);
});

test("only what is watched as it happens, of however many files", async () => {
  for (let n = 0; n < 500; n++) tree.write(`srv/${n}`, "0");
  tree.write("opt/a", "0");
  const settings = settingsOf(["/srv", watching("/opt", { realtime: false })]);
  const glance = await open(settings);
  for (let n = 0; n < 500; n++) tree.write(`srv/${n}`, "1!");
  tree.write("opt/a", "1!");
  expect((await glance(60)).sort()).toEqual(
    Array.from({ length: 500 }, (_, n) => `/srv/${n}`).sort(),
  );
  const without = await open(settingsOf([watching("/srv", { realtime: false })]));
  tree.write("srv/1", "2!!");
  expect(await without(60)).toEqual([]);
});

test("the pause grows with what a glance costs: 0.2 % of a core at most", async () => {
  tree.write("srv/a", "0");
  let now = 0;
  // Each look at the time is 100 ms later: two pages, the second one empty, are 200 ms.
  const glance = await open(settingsOf(["/srv"]), {
    now: () => {
      now += 100;
      return now;
    },
  });
  await glance(60);
  tree.write("srv/a", "1!");
  expect(await glance(99)).toEqual([]);
  expect(await glance(1)).toEqual(["/srv/a"]);
});

test("others have their turn between two pages, and an end is heard", async () => {
  for (let n = 0; n < 1000; n++) tree.write(`srv/${n}`, "0");
  const stop = new AbortController();
  let pages = 0;
  const pace = {
    spend: () => {
      pages += 1;
      if (pages === 2) stop.abort();
      return turn();
    },
  };
  const glance = await open(settingsOf(["/srv"]), { pace, signal: stop.signal });
  await glance(60);
  expect(pages).toBe(2);
});
