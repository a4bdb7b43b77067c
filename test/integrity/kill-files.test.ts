import { hash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Baseline } from "../../src/integrity/baseline/baseline.ts";
import { openBaseline } from "../../src/integrity/baseline/open.ts";
import { type Random, randomNumbers } from "../random.ts";
import { memoryLog } from "../respond/machine.ts";
import { type Scanner, startScanner, takeAll } from "./scanner.ts";

const files = 100_000;
const folders = 500;
const rounds = 25;
const changesARound = files / rounds;

/** On request: STOCKADE_KILL_FILES=1. */
test(`${files} files change while the scanner runs, which is killed ${rounds} times`, async () => {
  const scratch = mkdtempSync(join(tmpdir(), "stockade-kill-files-"));
  const [root, folder] = [join(scratch, "root"), join(scratch, "baseline")];
  const seed = Number(process.env["STOCKADE_SEED"] ?? Date.now() % 1_000_000);
  process.stdout.write(`${rounds} kills, ${files} files: seed ${seed}\n`);
  const random = randomNumbers(seed);
  for (let n = 0; n < folders; n++) mkdirSync(join(root, `${n}`), { recursive: true });
  for (let n = 0; n < files; n++) writeFileSync(join(root, pathOf(n)), `${n}`);
  const there = new Set(Array.from({ length: files }, (_, n) => n));
  try {
    for (let round = 0; round < rounds; round++)
      await runAndKill(root, folder, random, there, round);
    // Nobody scans these.
    await change(root, random, there, rounds);
    const baseline = openBaseline(folder, { log: memoryLog(), clock: Date.now });
    expect(baseline.setAside).toBeUndefined();
    expect((await baseline.verify()).problems).toEqual([]);
    const expected = differences(root, baseline);
    const found = (await takeAll(root, baseline)).map(
      ({ action, before, after }) => `${action} ${(after ?? before).path}`,
    );
    process.stdout.write(`${found.length} differences after the last kill\n`);
    expect(found.filter((text) => !text.endsWith(" /")).sort()).toEqual(expected.sort());
    expect(found.length).toBeGreaterThan(0);
    expect(await takeAll(root, baseline)).toEqual([]);
    const told = baseline.waiting(10_000_000).map(({ finding }) => finding.text);
    process.stdout.write(`${told.length} findings\n`);
    expect(new Set(told).size).toBe(told.length);
    expect(differences(root, baseline)).toEqual([]);
    baseline.close();
  } finally {
    rmSync(scratch, { recursive: true });
  }
}, 3_600_000);

function pathOf(n: number): string {
  return `/${n % folders}/${n}`;
}

async function scanAndKill(
  root: string,
  folder: string,
  until: (scanner: Scanner) => Promise<unknown>,
): Promise<void> {
  const scanner = startScanner(root, folder);
  await scanner.said("o");
  await until(scanner);
  await scanner.kill();
}

async function runAndKill(
  root: string,
  folder: string,
  random: Random,
  there: Set<number>,
  round: number,
): Promise<void> {
  const changing = change(root, random, there, round);
  await scanAndKill(root, folder, (scanner) =>
    random(5) === 0 ? scanner.said(".") : sleep(random(6000)),
  );
  await changing;
}

/** Makes, changes and removes files; no content is there twice. */
async function change(
  root: string,
  random: Random,
  there: Set<number>,
  round: number,
): Promise<void> {
  for (let n = 0; n < changesARound; n++) {
    const file = random(files * 1.2);
    const path = join(root, pathOf(file));
    if (there.has(file) && random(3) === 0) {
      rmSync(path);
      there.delete(file);
    } else {
      writeFileSync(path, `${round} ${n} ${file}`);
      there.add(file);
    }
    if (n % 100 === 0) await sleep(20);
  }
}

/** What a scan has to find: compared here without anything of the scan. */
function differences(root: string, baseline: Baseline): string[] {
  const there = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.includes("/"))
    .map((path) => `/${path}`);
  const others = there.flatMap((path) => {
    const before = baseline.get(path);
    if (!before) return [`added ${path}`];
    const sum = hash("sha256", readFileSync(join(root, path)));
    return before.sha256 === sum ? [] : [`modified ${path}`];
  });
  const names = new Set(there);
  const gone = kept(baseline).filter((path) => !names.has(path));
  return [...others, ...gone.map((path) => `deleted ${path}`)];
}

/** The files of the baseline; folders stay. */
function kept(baseline: Baseline): string[] {
  const paths: string[] = [];
  let page = baseline.after(undefined, 1000);
  while (page.length > 0) {
    paths.push(...page.map(({ path }) => path));
    page = baseline.after(paths.at(-1), 1000);
  }
  return paths.filter((path) => path.split("/").length === 3);
}
