import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readStatus } from "../../../src/integrity/packages/dpkg-status.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stockade-status-"));
  mkdirSync(join(folder, "updates"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const stanza = (version: number) =>
  `Package: tool\nStatus: install ok installed\nVersion: ${version}\n\n`;

/** As dpkg does after some packages: what it noted becomes part of the whole, and the notes go. */
function checkpoint(version: number): void {
  writeFileSync(join(folder, "status-new"), stanza(version));
  renameSync(join(folder, "status-new"), join(folder, "status"));
  rmSync(join(folder, "updates/0001"), { force: true });
}

test("while dpkg moves its notes into the whole, nothing is missed and nothing fails", async () => {
  let version = 1;
  let isOver = false;
  checkpoint(version);
  const dpkg = (async () => {
    while (!isOver) {
      writeFileSync(join(folder, "updates/0001"), stanza(version + 1));
      version += 1;
      await turn();
      await turn();
      checkpoint(version);
      for (let pause = 0; pause < 300; pause += 1) await turn();
    }
  })();
  try {
    for (let time = 0; time < 150; time += 1) {
      const before = version;
      const status = (await readStatus(folder, new Set(["tool"]))).get("tool");
      expect(Number(status?.version)).toBeGreaterThanOrEqual(before);
    }
  } finally {
    isOver = true;
    await dpkg;
  }
});
