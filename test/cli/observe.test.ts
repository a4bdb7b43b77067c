import { appendFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch, until } from "./scratch.ts";
import { blockFrom9, bruteForce } from "./sshd-log.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(async () => {
  await scratch.cli(["stop"]);
  await scratch.remove();
});

test("switched over, nobody is blocked, it is shown who would have been, and back again", async () => {
  scratch.settings(blockFrom9);
  writeFileSync(scratch.log, "");
  await scratch.cli(["start"]);
  const bans = async () => JSON.parse((await scratch.cli(["bans", "--json"])).stdout).length;
  expect((await scratch.cli(["observe"])).stdout).toBe("only observing: nothing");

  expect(await scratch.cli(["observe", "on"])).toMatchObject({
    exitCode: 0,
    stdout: "everything only observes until: stockade observe off",
  });
  appendFileSync(scratch.log, bruteForce("20.0.0.1"));
  await until(
    async () => (await scratch.cli(["observe"])).stdout.includes("20.0.0.1"),
    "what would have been blocked",
  );
  expect((await scratch.cli(["observe"])).stdout).toMatch(
    /^everything only observes: nobody is blocked\n {2}everything: switched over by hand at .*\n\nwould have been blocked, the latest first:\nwhen.*\n\S+ \S+ +20\.0\.0\.1 +5720 +observe mode$/,
  );
  expect(await bans()).toBe(0);

  // It holds over a restart, and beside a rule of its own.
  await scratch.cli(["restart"]);
  const { stdout } = await scratch.cli(["observe", "on", "--rule", "5720", "--for", "1h"]);
  expect(stdout).toMatch(
    /^rule 5720 only observes until \d{4}-\S+ [\d:]+, or: stockade observe off --rule 5720$/,
  );
  expect((await scratch.cli(["observe", "off"])).exitCode).toBe(0);
  appendFileSync(scratch.log, bruteForce("20.0.0.2"));
  await until(
    async () => (await scratch.cli(["observe"])).stdout.includes("rule 5720 only observes"),
    "the rule's word",
  );
  expect(await bans()).toBe(0);
  expect((await scratch.cli(["observe", "off", "--rule", "5720"])).stdout).toBe(
    "rule 5720 blocks again, unless the settings say otherwise",
  );
  appendFileSync(scratch.log, bruteForce("20.0.0.3"));
  await until(async () => (await bans()) > 0, "a block");
});

test("what cannot be meant", async () => {
  expect((await scratch.cli(["observe", "maybe"])).exitCode).toBe(64);
  expect((await scratch.cli(["observe", "on", "--for", "x"])).exitCode).toBe(64);
  expect((await scratch.cli(["observe", "on", "--rule", "x"])).exitCode).toBe(64);
  expect((await scratch.cli(["observe", "--rule", "5712"])).exitCode).toBe(64);
  expect((await scratch.cli(["observe", "off"])).exitCode).toBe(1);
});

test("several at once are all switched over", async () => {
  const rules = ["1", "2", "3", "4"];
  await Promise.all(rules.map((rule) => scratch.cli(["observe", "on", "--rule", rule])));
  const { switched } = JSON.parse((await scratch.cli(["observe", "--json"])).stdout);
  expect(switched.map(({ what }: { what: number }) => `${what}`).sort()).toEqual(rules);
});
