import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Baseline } from "../../src/integrity/baseline/baseline.ts";
import { paceOf } from "../../src/integrity/pace.ts";
import { scan } from "../../src/integrity/scan.ts";
import type { SeenChange } from "../../src/integrity/seen.ts";
import { finding, judged } from "./made.ts";
import { settingsOf } from "./tree.ts";

/** A process that scans a tree over and over and takes what it finds. */
export interface Scanner {
  /** Waits until it has opened the baseline ("o"), or has scanned everything once ("."). */
  said(text: "o" | "."): Promise<void>;
  kill(): Promise<void>;
}

export function startScanner(root: string, folder: string): Scanner {
  const script = join(import.meta.dirname, "fixtures/scanning.ts");
  const child = spawn(process.execPath, [script, root, folder]);
  child.stderr.pipe(process.stderr);
  const ended = once(child, "exit");
  let all = "";
  child.stdout.on("data", (text) => {
    all += text;
  });
  return {
    async said(text) {
      while (!all.includes(text)) await once(child.stdout, "data");
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Scans once and takes every change, with a finding that tells of it; returns them. */
export async function takeAll(root: string, baseline: Baseline): Promise<SeenChange[]> {
  const all: SeenChange[] = [];
  for await (const batch of scan(scanningOf(root, baseline))) {
    all.push(...batch);
    takePart(baseline, batch);
  }
  return all;
}

export function scanningOf(root: string, baseline: Baseline) {
  return {
    settings: settingsOf(["/"]),
    baseline,
    root,
    pace: paceOf({ files: 0, bytes: 0 }),
    run: () => Promise.resolve({ ok: true, output: "" } as const),
    mountinfo: "/nowhere",
  };
}

export function takePart(baseline: Baseline, part: readonly SeenChange[]): void {
  const findings = part.map(({ action, before, after }) =>
    finding(`${action} ${(after ?? before)?.path} ${(after ?? before)?.sha256}`),
  );
  baseline.take(
    part.map((change) => judged(change)),
    findings,
  );
}
