import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openBaseline } from "../../src/integrity/baseline/open.ts";
import { kills } from "../kills.ts";
import { type Random, randomNumbers } from "../random.ts";
import { memoryLog } from "../respond/machine.ts";
import { type Scanner, startScanner, takeAll } from "./scanner.ts";

/** A start takes longer than all that is killed here. */
const rounds = Math.ceil(kills / 8);
/** In which some of them have scanned and taken everything. */
const longestMilliseconds = 150;
const filesARound = 60;

let scratch: string;
let root: string;
let scanner: Scanner | undefined;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "stockade-integrity-kill-"));
  root = join(scratch, "root");
  mkdirSync(root);
});
afterEach(async () => {
  await scanner?.kill();
  rmSync(scratch, { recursive: true });
});

test(`the scanner, killed ${rounds} times, loses no difference and tells none twice`, async () => {
  const seed = Date.now() % 1_000_000;
  process.stdout.write(`kills of the scanner: seed ${seed}\n`);
  const random = randomNumbers(seed);
  const written = new Map<string, string>();
  await runUntil(undefined);
  for (let round = 0; round < rounds; round++) {
    change(random, written, round);
    await runUntil(random);
  }
  change(random, written, rounds);
  await takeTheRest();

  const folder = join(scratch, "baseline");
  const baseline = openBaseline(folder, { log: memoryLog(), clock: Date.now });
  expect(baseline.setAside).toBeUndefined();
  expect((await baseline.verify()).problems).toEqual([]);
  const told = baseline.waiting(1_000_000).map((one) => one.finding.text);
  expect(new Set(told).size).toBe(told.length);
  for (const [path, content] of written) {
    const last = told.findLast((text) => text.split(" ")[1] === path)?.split(" ");
    const now = baseline.get(path);
    // What came and went between two scans nobody saw.
    expect(last?.[0] ?? "deleted").toBe(now ? last?.[0] : "deleted");
    if (now) expect(last?.[2]).toBe(now.sha256);
    expect(now === undefined).toBe(content === "");
  }
  baseline.close();
}, 240_000);

/** Makes, changes and removes files; no content is there twice. */
function change(random: Random, written: Map<string, string>, round: number): void {
  for (let n = 0; n < filesARound; n++) {
    const path = `/${random(5)}/${random(100)}`;
    const isRemoved = (written.get(path) ?? "") !== "" && random(3) === 0;
    const content = isRemoved ? "" : `${round} ${n} ${path}`;
    mkdirSync(join(root, path, ".."), { recursive: true });
    if (isRemoved) rmSync(join(root, path));
    else writeFileSync(join(root, path), content);
    if (isRemoved && !written.has(path)) continue;
    written.set(path, content);
  }
}

/** Lets a scanner run for a while, or for a whole scan, and kills it. */
async function runUntil(random: Random | undefined): Promise<void> {
  scanner = startScanner(root, join(scratch, "baseline"));
  await scanner.said(random ? "o" : ".");
  if (random) await sleep(random(longestMilliseconds));
  await scanner.kill();
}

async function takeTheRest(): Promise<void> {
  const baseline = openBaseline(join(scratch, "baseline"), { log: memoryLog(), clock: Date.now });
  await takeAll(root, baseline);
  expect(await takeAll(root, baseline)).toEqual([]);
  baseline.close();
}
