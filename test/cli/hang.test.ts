import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readStatus } from "../../src/bin/status-file.ts";
import { openScratch, type Scratch, until } from "./scratch.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
  vi.stubEnv("STOCKADE_WATCHDOG_SECONDS", "4");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await scratch.cli(["stop"]);
  await scratch.remove();
});

/** The processes of this scratch folder that run a bundle. */
function pidsOf(name: string): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  const ours = rows.filter((row) => row.includes(`/${name}.mjs --root ${scratch.root}`));
  return ours.map((row) => Number.parseInt(row, 10));
}

function newStatus(): Promise<void> {
  const file = join(scratch.root, "run/stockade/daemon/status.json");
  const writtenAt = () => readStatus(file)?.writtenAt;
  const before = writtenAt();
  return until(() => writtenAt() !== before, "a new status");
}

test("where there is no systemd the supervisor kills daemon and responder that hang, and they come back", async () => {
  await scratch.cli(["start"]);
  const programs = ["stockaded", "stockade-respond"];
  const hung = programs.flatMap(pidsOf);
  expect(hung).toHaveLength(2);
  await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the responder");
  // The supervisor looks more often than that, and so has seen both alive.
  for (const _ of [1, 2]) await newStatus();
  for (const pid of hung) process.kill(pid, "SIGSTOP");
  await until(
    () => {
      const now = programs.flatMap(pidsOf);
      return now.length === 2 && now.every((pid) => !hung.includes(pid));
    },
    "both are others",
    30,
  );
  await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the new responder", 20);
});
