import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openRootNotes } from "../../src/bin/root-notes.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-notes-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the result of a self-test is told once; what is old or spoilt is not", () => {
  const selftestNote = join(folder, "selftest.json");
  const next = openRootNotes(
    { selftestNote, rolledBack: join(folder, "none"), signatureStatus: join(folder, "none") },
    () => 1_000_000,
  );
  const note = (at: number, failed: string[]) =>
    writeFileSync(selftestNote, JSON.stringify({ version: 1, at, failed, seconds: 9 }));
  expect(next()).toEqual([]);
  note(1_000_000 - 200_000, ["old"]);
  expect(next()).toEqual([]);
  note(1_000_000, ["scan: rule: none", "mail: none"]);
  expect(next()).toEqual(["stockade: the self-test failed: scan: rule: none; mail: none"]);
  expect(next()).toEqual([]);
  writeFileSync(selftestNote, "{");
  expect(next()).toEqual([]);
  note(1_000_001, []);
  expect(next()).toEqual(["stockade: the self-test passed in 9 s"]);
});
