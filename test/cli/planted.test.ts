import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch, until } from "./scratch.ts";

let scratch: Scratch;
beforeEach(async () => {
  scratch = openScratch();
  scratch.write("run/stockade/respond.json", '{"whiteList":[]}');
  scratch.start("stockade-respond");
  await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the responder");
  await scratch.cli(["ban", "20.0.0.1"]);
});
afterEach(() => scratch.remove());

/** What somebody who has the daemon's user could put where root reads. */
const planted: readonly [string, (path: string) => void][] = [
  ["a pipe", (path) => execFileSync("mkfifo", [path])],
  ["a link to something endless", (path) => symlinkSync("/dev/zero", path)],
  [
    "a huge file",
    (path) => {
      scratch.write(path.slice(scratch.root.length), "");
      truncateSync(path, 2 ** 40);
    },
  ],
];

test.each(planted)("%s in the daemon's folders holds up no command", async (_, plant) => {
  const files = [
    "run/stockade/daemon/status.json",
    "var/lib/stockade/daemon/offenders.json",
    "var/lib/stockade/daemon/evidence/blocks.jsonl",
    "var/lib/stockade/daemon/evidence/withheld.jsonl",
    "var/log/stockade/alerts/alerts.json",
  ].map((file) => join(scratch.root, file));
  for (const file of files) {
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    plant(file);
  }
  expect((await scratch.cli(["status"])).stdout).toContain("not running");
  expect((await scratch.cli(["bans"])).stdout).toContain("20.0.0.1");
  expect((await scratch.cli(["why", "20.0.0.1"])).stdout).toContain("20.0.0.1 is blocked until");
  expect((await scratch.cli(["why", "20.0.0.2"])).exitCode).toBe(1);
  expect((await scratch.cli(["rearm"])).stderr).toContain("the daemon does not run");
});
