import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfiguration, openJudge } from "../../src/bin/judge.ts";
import { openSignatureNews } from "../../src/bin/signature-news.ts";
import { pathsBelow } from "../../src/config/paths.ts";

const minute = 60_000;
const day = 86_400_000;
const noon = Date.UTC(2026, 10, 22, 12);

let folder: string;
let now: number;
let next: () => string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stockade-news-"));
  now = noon;
  next = openSignatureNews(join(folder, "status"), () => now);
});
afterEach(() => rmSync(folder, { recursive: true }));

const usual = {
  source: "fetched",
  updated: noon,
  tried: noon,
  rules: 100,
  problem: "",
  came: 0,
  went: 0,
  left_out: "",
};

/** What the file says from now on, and what is told of it a minute later. */
function after(words: Partial<Record<keyof typeof usual, string | number>>): string[] {
  const lines = Object.entries({ ...usual, tried: now, ...words }).map(([name, value]) => {
    const isTime = name === "updated" || name === "tried";
    return `${name}=${isTime ? Math.floor(Number(value) / 1000) : value}\n`;
  });
  writeFileSync(join(folder, "status"), lines.join(""));
  now += minute;
  return next();
}

test("without a file there is no news; an update that changes nothing is none either", () => {
  expect(next()).toEqual([]);
  expect(after({})).toEqual([]);
});

test("what came and went, and what was left out, is told once", () => {
  expect(after({ came: 12, went: 3, left_out: "2100498 2100499" })).toEqual([
    "stockade: Suricata has new rules: 100 in all, 12 came, 3 went",
    "stockade: signatures that this Suricata does not understand were left out: 2100498 2100499",
  ]);
  now += 2 * minute;
  expect(next()).toEqual([]);
});

test("a failure in the second in which the update before it ended is told", () => {
  const tried = now;
  expect(after({ tried, came: 1 })).toHaveLength(1);
  const problem = "no rules could be fetched";
  expect(after({ tried, problem })).toHaveLength(1);
  expect(after({ tried, problem })).toEqual([]);
});

test("a failure is told each time it is tried, with what is in use", () => {
  const problem = "no rules could be fetched";
  const told = `stockade: Suricata's rules could not be updated: ${problem}; `;
  expect(after({ problem })).toEqual([`${told}those of before stay in use`]);
  expect(after({ problem, source: "bundled" })).toEqual([
    `${told}those that came with Stockade are in use`,
  ]);
});

test("rules of more than three days are told every day, whether updates are tried or not", () => {
  const updated = noon - 3 * day - minute;
  const old = "stockade: Suricata's rules are 3 days old: no update was tried";
  expect(after({ updated, tried: updated })).toEqual([old]);
  now += day - 2 * minute;
  expect(next()).toEqual([]);
  now += 2 * minute;
  expect(next()).toEqual([old.replace("3 days", "4 days")]);
  expect(after({ updated: now, tried: updated })).toEqual([]);
});

test("a file that says no time spoils nothing for what comes later", () => {
  writeFileSync(join(folder, "status"), "source=fetched\nproblem=\n");
  now += minute;
  expect(next()).toEqual([]);
  expect(after({ came: 1 })).toHaveLength(1);
});

test("a daemon that starts later tells no old news; control characters are shown, not sent", () => {
  expect(after({ tried: noon - 3 * minute, came: 1 })).toEqual([]);
  expect(after({ problem: "a\u001b[2Jb" }).join()).toContain("a\\x1b[2Jb");
});

test.each([
  [{ problem: "x" }, 309_050, 5, false],
  [{ updated: noon - 4 * day }, 309_051, 9, true],
  [{ came: 1 }, 309_052, 3, false],
  [{ left_out: "1" }, 309_053, 3, false],
])("%j is rule %i, level %i", (words, id, level, mail) => {
  const paths = { ...pathsBelow("/nonexistent", "."), settings: "config/stockade.conf" };
  const { judge } = openJudge(loadConfiguration(paths));
  const alerts = after(words).map(
    (text) => judge({ text, format: "own", location: "stockade", receivedAt: noon }).verdict.alert,
  );
  expect(alerts).toMatchObject([{ rule: { id, level }, mail, mayBlock: false }]);
});
