import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { accountedFor, desk } from "./desk.ts";

const fixture = join(import.meta.dirname, "fixtures/notify-for-ever.ts");

/** Kills the process with SIGKILL once it has said that so many alerts are on the disk; returns the last it said. */
async function killedAfter(folder: string, alerts: number, batches: number): Promise<number> {
  const child = spawn(process.execPath, [fixture, folder, String(batches)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said = Number(text.trimEnd().split("\n").at(-1));
    if (said >= alerts) child.kill("SIGKILL");
  });
  await once(child, "close");
  return said;
}

test.each([
  ["in the middle of the work", 3000, 1000],
  ["with a full outbox", 12_000, 120],
])("kill -9 %s loses no alert that was flushed", async (_, alerts, batches) => {
  const folder = mkdtempSync(join(tmpdir(), "report-crash-"));
  const said = await killedAfter(folder, alerts, batches);
  expect(said).toBeGreaterThanOrEqual(alerts);
  const it = desk(folder);
  it.state.now = Date.now();
  await it.pass(10);
  const counted = accountedFor(it.sent.map(({ text }) => text));
  expect(counted).toBeGreaterThanOrEqual(said);
  expect(counted).toBeLessThanOrEqual(said + 200);
  const records = readFileSync(join(folder, "alerts.log"), "utf8").match(/^\*\* Alert/gm) ?? [];
  expect(records.length).toBeGreaterThanOrEqual(said);
  rmSync(folder, { recursive: true, force: true });
});
