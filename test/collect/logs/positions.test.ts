import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openPositions } from "../../../src/collect/logs/positions.ts";
import { Failure } from "../../../src/core/failure.ts";
import { collectLog } from "../collect-log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-positions-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("keeps a position from one run to the next", () => {
  const { log } = collectLog();
  const first = openPositions(join(folder, "new"), log);
  expect(first.load("a")).toBe(undefined);
  first.save("a", "1");
  first.save("a", "2");
  first.close();
  const second = openPositions(join(folder, "new"), log);
  expect(second.load("a")).toBe("2");
  second.close();
});

test.each(["no database at all", ""])("sets a damaged database aside: %j", (content) => {
  const { log, messages } = collectLog();
  const positions = openPositions(folder, log);
  positions.save("a", "1".repeat(100_000));
  positions.close();
  writeFileSync(join(folder, "positions.db"), content.padEnd(8192, "damage "));
  const anew = openPositions(folder, log);
  expect(anew.load("a")).toBe(undefined);
  anew.save("a", "2");
  expect(anew.load("a")).toBe("2");
  anew.close();
  expect(messages.filter((message) => message.startsWith("warn: cannot read"))).toHaveLength(1);
  expect(readdirSync(folder).some((name) => name.includes(".damaged-"))).toBe(true);
});

test("says what to do where it cannot write", () => {
  writeFileSync(join(folder, "file"), "");
  expect(() => openPositions(join(folder, "file"), collectLog().log)).toThrow(Failure);
});

test("warns once when a position cannot be saved, and goes on", () => {
  const { log, messages } = collectLog();
  const positions = openPositions(folder, log);
  positions.close();
  positions.save("a", "1");
  positions.save("a", "2");
  expect(messages).toHaveLength(1);
});
