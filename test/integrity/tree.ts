import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { allChecks, anyDepth } from "../../src/config/syscheck-directories.ts";
import { Syscheck, type WatchedDirectory } from "../../src/config/syscheck-settings.ts";
import type { Baseline } from "../../src/integrity/baseline/baseline.ts";
import { openBaseline } from "../../src/integrity/baseline/open.ts";
import { paceOf } from "../../src/integrity/pace.ts";
import { lookAgain, type ScanOptions, scan } from "../../src/integrity/scan.ts";
import type { SeenChange, Trouble } from "../../src/integrity/seen.ts";
import { memoryLog } from "../respond/machine.ts";
import { judged } from "./made.ts";

/** A small system below a scratch folder, with a baseline of it. */
export function openTree() {
  const scratch = mkdtempSync(join(tmpdir(), "stockade-tree-"));
  const root = join(scratch, "root");
  const baseline = openBaseline(join(scratch, "baseline"), { log: memoryLog(), clock: () => 1 });
  const troubles: Trouble[] = [];
  const at = (path: string) => join(root, path);
  const options = (settings: Syscheck, more: Partial<ScanOptions> = {}): ScanOptions => ({
    settings,
    baseline,
    root,
    pace: paceOf({ files: 0, bytes: 0 }),
    onTrouble: (trouble) => troubles.push(trouble),
    mountinfo: join(scratch, "mountinfo"),
    // Whether this machine has getfattr is tested elsewhere.
    run: () => Promise.resolve({ ok: true, output: "" }),
    ...more,
  });
  return {
    root,
    scratch,
    baseline,
    troubles,
    at,
    options,
    write(path: string, text: string) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    scan: (settings: Syscheck, more?: Partial<ScanOptions>) =>
      collect(scan(options(settings, more)), baseline),
    lookAgain: (paths: string[], settings: Syscheck) =>
      collect(lookAgain(paths, options(settings)), baseline),
    remove() {
      baseline.close();
      rmSync(scratch, { recursive: true });
    },
  };
}

export type Tree = ReturnType<typeof openTree>;

/** All changes, each taken into the baseline. */
async function collect(
  batches: AsyncIterable<SeenChange[]>,
  baseline: Baseline,
): Promise<SeenChange[]> {
  const all: SeenChange[] = [];
  for await (const batch of batches) {
    all.push(...batch);
    baseline.take(
      batch.map((change) => judged(change)),
      [],
    );
  }
  return all;
}

export function told(changes: readonly SeenChange[]): string[] {
  return changes.map(({ action, before, after }) => `${action} ${(after ?? before)?.path}`);
}

export function watching(path: string, more: Partial<WatchedDirectory> = {}): WatchedDirectory {
  return {
    path,
    checks: allChecks,
    realtime: true,
    reportChanges: false,
    depth: anyDepth,
    tags: [],
    ...more,
  };
}

export function settingsOf(
  directories: readonly (string | WatchedDirectory)[],
  more: Partial<Syscheck> = {},
): Syscheck {
  const watched = directories.map((one) => (typeof one === "string" ? watching(one) : one));
  return Syscheck.parse({ directories: watched, ...more });
}
