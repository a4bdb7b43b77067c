import { setTimeout as sleep } from "node:timers/promises";
import type { Syscheck } from "../../config/syscheck-settings.ts";
import { reasonOf } from "../../core/failure.ts";
import type { Finding } from "../../core/finding.ts";
import type { Log } from "../../core/log.ts";
import type { Baseline } from "../../integrity/baseline/baseline.ts";
import type { BytePath, Entry } from "../../integrity/entry.ts";
import { Integrity } from "../../integrity/integrity.ts";
import { nameShown } from "../../integrity/name.ts";
import { lookAgain, type ScanOptions, scan } from "../../integrity/scan.ts";
import { nextScan } from "../../integrity/schedule.ts";
import type { SeenChange, Trouble } from "../../integrity/seen.ts";
import type { StatusFacts } from "../../integrity/serve/request.ts";
import { watch } from "../../integrity/watch/watch.ts";
import type { Maintenance } from "../../integrity/window.ts";
import type { Judging } from "./judging.ts";

interface Means {
  readonly root: string;
  readonly settings: Syscheck;
  readonly baseline: Baseline;
  readonly judging: Judging;
  readonly maintenance: Maintenance;
  readonly tell: (findings: readonly Finding[]) => void;
  readonly wake: () => void;
  readonly log: Log;
  readonly clock: () => number;
}

/** What goes on by one set of settings. */
export interface Watching {
  readonly integrity: Integrity;
  realtime(): StatusFacts["realtime"];
  /** When everything is looked at next, in milliseconds since 1970. */
  nextAt(): number;
  tick(): void;
  end(): Promise<void>;
}

const betweenFullScans = 86_400_000;

/** Watches files as the settings want it, until its end. The first look at everything begins at once. */
export function openWatching(means: Means): Watching {
  const { settings, baseline, judging, maintenance, log, clock } = means;
  const stopping = new AbortController();
  const { signal } = stopping;
  const options: ScanOptions = scanOptions(means, signal);
  const integrity = new Integrity({
    scan: (full) => scan({ ...options, full }),
    lookAgain: async (paths) => {
      const found: SeenChange[] = [];
      for await (const batch of lookAgain(paths, options)) found.push(...batch);
      return found;
    },
    judge: judging.judge,
    take(judged, findings) {
      judging.take(judged, findings);
      means.wake();
    },
    maintenance,
    log,
    clock,
  });
  let nextAt = settings.scanOnStart ? clock() : nextScan(settings, clock());
  let fullAt = clock() + betweenFullScans;
  let realtime: StatusFacts["realtime"] = { folders: 0 };
  const seeing = settings.disabled
    ? Promise.resolve()
    : see({ ...means, signal, integrity, told: (state) => (realtime = state) });
  return {
    integrity,
    realtime: () => realtime,
    nextAt: () => nextAt,
    tick() {
      if (settings.disabled || clock() < nextAt || integrity.state().scanning) return;
      nextAt = nextScan(settings, clock());
      const isFull = clock() >= fullAt;
      if (isFull) fullAt = clock() + betweenFullScans;
      void integrity.scan(isFull);
    },
    async end() {
      stopping.abort();
      await Promise.all([integrity.stop(), seeing]);
    },
  };
}

function scanOptions(
  { root, settings, baseline, judging, log }: Means,
  signal: AbortSignal,
): ScanOptions {
  const told = new Set<string>();
  return {
    settings,
    baseline,
    root,
    signal,
    onTrouble: (trouble) => tellTrouble(trouble, told, log),
    onLearned: (entries: readonly Entry[]) => {
      judging
        .learned(entries.map(({ path }) => path))
        .catch((fault: unknown) => log.warn(`whose files they are is unknown: ${reasonOf(fault)}`));
    },
  };
}

const mostTroubles = 1000;

/** Of each file once: a scan comes by again and again. */
function tellTrouble({ path, kind, reason }: Trouble, told: Set<string>, log: Log): void {
  const key = `${kind} ${path}`;
  if (told.has(key)) return;
  if (told.size >= mostTroubles) told.clear();
  told.add(key);
  log.warn(`"${nameShown(path)}" could not be looked at: ${reason}`);
}
