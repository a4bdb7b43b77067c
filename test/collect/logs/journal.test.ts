import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FollowJournalOptions, followJournal } from "../../../src/collect/logs/journal.ts";
import { openPositions, type Positions } from "../../../src/collect/logs/positions.ts";
import { collectLog } from "../collect-log.ts";
import { drive } from "../drive.ts";
import { until } from "../processes.ts";

let folder: string;
let positions: Positions;
let running: ReturnType<typeof drive>[];
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-journal-"));
  positions = openPositions(at("state"), collectLog().log);
  running = [];
  writeFileSync(at("order"), "stay");
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  positions.close();
  rmSync(folder, { recursive: true });
});

const everything = { all: true, facilities: [], identifiers: [] };
const stub = join(import.meta.dirname, "../fixtures/journalctl.ts");
const entry = (cursor: string, fields: Record<string, unknown> = {}) =>
  `${JSON.stringify({ __CURSOR: cursor, __REALTIME_TIMESTAMP: "1795312246045710", MESSAGE: `of ${cursor}`, ...fields })}\n`;
const sourceOf = (options: Partial<FollowJournalOptions> = {}) =>
  followJournal({
    selection: everything,
    positions,
    log: collectLog().log,
    clock: Date.now,
    command: [process.execPath, stub, at("notes"), at("entries"), at("order")],
    retryMs: 20,
    ...options,
  });
const follow = (options: Partial<FollowJournalOptions> = {}, handle?: () => Promise<void>) => {
  const source = sourceOf(options);
  const one = drive(source, handle);
  running.push(one);
  return { ...one, source };
};
const calls = (): string[][] =>
  readFileSync(at("notes"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("asks for what comes from now on, and later for what comes after the last entry", async () => {
  writeFileSync(at("entries"), entry("a") + entry("b"));
  const first = follow({ clock: () => 1_795_312_246_500 });
  await first.until(2);
  await first.stop();
  writeFileSync(at("entries"), entry("a") + entry("b") + entry("c"));
  const second = follow();
  await second.until(1);
  expect(second.texts()).toEqual(["of c"]);
  expect(calls()[0]).toContain("--since=@1795312246.500");
  expect(calls()[1]).toContain("--after-cursor=b");
  expect(second.lines[0]).toMatchObject({ format: "journald", location: "journald" });
});

test("W9: gives again what was not dealt with when it was killed", async () => {
  writeFileSync(at("entries"), entry("a"));
  for await (const { lines } of sourceOf().batches(new AbortController().signal)) {
    expect(lines).toHaveLength(1);
    break;
  }
  const second = follow();
  await second.until(1);
  expect(second.texts()).toEqual(["of a"]);
});

test("starts journalctl again when it ends, without a line lost or repeated", async () => {
  writeFileSync(at("order"), "exit");
  writeFileSync(at("entries"), entry("a") + entry("b"));
  const one = follow();
  await until(() => one.source.health().state === "failed", "its end", 10);
  expect(one.source.health().problem).toMatch(/^journalctl ended: code 3; the user stockade/);
  writeFileSync(at("entries"), entry("a") + entry("b") + entry("c"));
  writeFileSync(at("order"), "stay");
  await one.until(3);
  expect(one.texts()).toEqual(["of a", "of b", "of c"]);
  expect(one.source.health()).toMatchObject({ state: "following", problem: undefined, lines: 3 });
});

test("goes by time where journalctl refuses the cursor", async () => {
  positions.save("journald", '{"cursor":"refused","since":1795312246045}');
  writeFileSync(at("entries"), entry("a"));
  const one = follow();
  await one.until(1);
  expect(calls()[1]).toContain("--since=@1795312246.045");
});

test("waits for a journalctl that is not there", async () => {
  const one = follow({ command: ["/nonexistent/journalctl"] });
  await until(() => one.source.health().state === "failed", "a failure", 10);
  expect(one.source.health().problem).toMatch(/ENOENT/);
});

test("skips and counts what is no entry or too long to be one", async () => {
  const huge = entry("b", { MESSAGE: "x".repeat(2_000_000) });
  writeFileSync(at("entries"), `${entry("a")}no entry\n{"half":\n${huge}${entry("c")}`);
  const one = follow();
  await one.until(2);
  expect(one.texts()).toEqual(["of a", "of c"]);
  expect(one.source.health()).toMatchObject({ lines: 2, cut: 3 });
});

test.each([
  ["all", everything, ["of a", "of b", "of c", "of d"], undefined],
  [
    "some facilities",
    { all: false, facilities: [4, 10], identifiers: [] },
    ["of b"],
    "--facility=4,10",
  ],
  [
    "daemons, and who names none",
    { all: false, facilities: [3], identifiers: [] },
    ["of a", "of d"],
    undefined,
  ],
  ["one identifier", { all: false, facilities: [], identifiers: ["app"] }, ["of d"], undefined],
])("gives %s", async (_, selection, texts, argument) => {
  const entries = [
    entry("a"),
    entry("b", { SYSLOG_FACILITY: "10" }),
    entry("c", { SYSLOG_FACILITY: "0" }),
    entry("d", { SYSLOG_IDENTIFIER: "app" }),
  ];
  writeFileSync(at("entries"), entries.join(""));
  const one = follow({ selection });
  await one.until(texts.length);
  expect(one.texts()).toEqual(texts);
  expect(calls()[0]?.find((word) => word.startsWith("--facility"))).toBe(argument);
});

test("W31: a slow reader slows journalctl, and nothing is lost", async () => {
  const count = 20_000;
  const entries = Array.from({ length: count }, (_, n) =>
    entry(`${n}`, { MESSAGE: `${n} ${"x".repeat(500)}` }),
  );
  writeFileSync(at("entries"), entries.join(""));
  const one = follow({}, () => new Promise((resolve) => setTimeout(resolve, 2)));
  await one.until(count);
  expect(one.texts().every((text, n) => text.startsWith(`${n} `))).toBe(true);
});
