import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { idText } from "../../src/report/alert-log.ts";
import { openRecord } from "../../src/report/record.ts";
import { alertOf, remembering } from "./alerts.ts";
import { accountedFor, desk, unreachable } from "./desk.ts";

// A real file system of half a mebibyte: needs root.
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "report-full-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "stockade-test", folder]);
});
afterEach(() => {
  execFileSync("umount", ["--lazy", folder]);
  rmSync(folder, { recursive: true, force: true });
});

const ballast = () => join(folder, "ballast");

function fill(bytesLeft: number): void {
  try {
    writeFileSync(ballast(), Buffer.alloc((512 << 10) - bytesLeft));
  } catch {
    // Files that were there before took the rest: it is full, which is what was wanted.
  }
}

test("the alert log holds whole records only, whatever fits at first, and the rest when there is room", () => {
  let now = 0;
  const record = openRecord({
    alertsLog: join(folder, "alerts.log"),
    alertsJson: join(folder, "alerts.json"),
    hostname: "web1",
    log: remembering(),
    clock: () => now,
  });
  fill(20_000);
  const records = () => readFileSync(join(folder, "alerts.log"), "utf8").split(/(?<=\n\n)/);
  const ids: string[] = [];
  for (let n = 0; n < 300; n++) {
    ids.push(idText(record.record(alertOf({ line: "x".repeat(300) }))));
    if (n % 7 === 0) record.flush();
    now += 100;
    expect(records().every((text) => text === "" || text.endsWith("\n\n"))).toBe(true);
  }
  expect(records().length).toBeLessThan(100);
  unlinkSync(ballast());
  record.close();
  expect(records().map((text) => /^\*\* Alert ([\d.]+):/.exec(text)?.[1])).toEqual(ids);
});

test("mail goes on from memory, with all that the disk held", async () => {
  const it = desk(folder);
  it.state.answer = unreachable;
  it.notify({ description: "on disk" });
  await it.pass(5);
  fill(0);
  for (let n = 0; n < 2000; n++) it.notify({ line: "x".repeat(300) });
  it.mailer().flush();
  expect(it.log.said.join("\n")).toMatch(/full; unsent mail is kept in memory/);
  it.state.answer = ({ to }) => ({ reached: true, taken: to, refused: [] });
  await it.pass(10);
  expect(accountedFor(it.sent.map(({ text }) => text))).toBe(2001);
  unlinkSync(ballast());
  await it.pass(60);
  expect(it.log.said.at(-1)).toMatch(/again$/);
  it.restart();
  expect(it.mailer().health()).toMatchObject({ waiting: 0, unsent: 0, spent: 2 });
});
