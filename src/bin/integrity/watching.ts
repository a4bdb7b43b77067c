import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Syscheck } from "../../config/syscheck-settings.ts";
import { reasonOf } from "../../core/failure.ts";
import type { Finding } from "../../core/finding.ts";
import type { Log } from "../../core/log.ts";
import type { Baseline } from "../../integrity/baseline/baseline.ts";
import { type HidingOption, openCoverage } from "../../integrity/cover.ts";
import type { BytePath, Entry } from "../../integrity/entry.ts";
import type { Threads } from "../../integrity/hashing/pool.ts";
import { Integrity } from "../../integrity/integrity.ts";
import { nameShown } from "../../integrity/name.ts";
import { lookAgain, type ScanOptions, scan } from "../../integrity/scan.ts";
import { nextScan } from "../../integrity/schedule.ts";
import type { SeenChange, Trouble } from "../../integrity/seen.ts";
import type { StatusFacts } from "../../integrity/serve/request.ts";
import { watch } from "../../integrity/watch/watch.ts";
import type { Maintenance } from "../../integrity/window.ts";
import { tidy } from "../process-memory.ts";
import type { Judging } from "./judging.ts";
import { openMounting } from "./mounting.ts";

interface Means {
  readonly root: string;
  readonly settings: Syscheck;
  /** Whether it is too early to look: nothing is known yet, and somebody is still setting up the server. */
  readonly isEarly: () => boolean;
  readonly threads: Threads;
  readonly baseline: Baseline;
  readonly judging: Judging;
  readonly maintenance: Maintenance;
  readonly tell: (findings: readonly Finding[]) => void;
  readonly wake: () => void;
  readonly log: Log;
  readonly clock: () => number;
}

const betweenFullScans = 86_400_000;
/** Where changes are not seen as they happen. */
const betweenScansWithoutSight = 900_000;
const soon = 5000;

/** Watches files as one set of settings wants it, until its end. The first look at everything comes with the first tick. */
export class Watching {
  readonly integrity: Integrity;
  /** The setting that wants nothing shown of what the file holds, where one does. */
  readonly hiddenBy: (path: BytePath) => HidingOption | undefined;
  readonly #means: Means;
  readonly #stopping = new AbortController();
  readonly #seeing: Promise<void>;
  readonly #isMountedOver: () => boolean;
  #nextAt: number;
  #fullAt: number;
  #realtime: StatusFacts["realtime"];

  constructor(means: Means) {
    const { settings, clock } = means;
    this.#means = means;
    this.integrity = openIntegrity(means, this.#stopping.signal);
    this.#isMountedOver = openMounting(settings, join(means.root, "proc/self/mountinfo"), clock);
    const coverage = openCoverage(settings);
    this.hiddenBy = (path) => {
      const cover = coverage.of(path);
      return cover && coverage.hiddenBy(path, cover);
    };
    const problem = means.isEarly() ? "this server is still being set up" : "it begins";
    this.#realtime = { folders: 0, problem };
    this.#nextAt = settings.scanOnStart ? clock() : nextScan(settings, clock());
    this.#fullAt = clock() + betweenFullScans;
    this.#seeing = settings.disabled ? Promise.resolve() : this.#see();
  }

  get realtime(): StatusFacts["realtime"] {
    return this.#realtime;
  }

  /** When everything is looked at next, in milliseconds since 1970. */
  get nextAt(): number {
    return this.#nextAt;
  }

  tick(): void {
    const { settings, clock } = this.#means;
    const now = clock();
    if (settings.disabled) return;
    if (this.#isMountedOver()) this.#nextAt = Math.min(this.#nextAt, now);
    if (now < this.#nextAt || this.integrity.state().scanning) return;
    if (this.#means.isEarly()) return;
    const isBlind = this.#realtime.problem !== undefined;
    const latest = isBlind ? now + betweenScansWithoutSight : Number.POSITIVE_INFINITY;
    this.#nextAt = Math.min(nextScan(settings, now), latest);
    const isFull = now >= this.#fullAt;
    if (isFull) this.#fullAt = now + betweenFullScans;
    void this.integrity.scan(isFull).then(tidy);
  }

  async end(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.integrity.stop(), this.#seeing]);
  }

  async #see(): Promise<void> {
    const { settings, root, log, clock, isEarly } = this.#means;
    const { signal } = this.#stopping;
    while (isEarly() && !signal.aborted) await delay(500, undefined, { signal }).catch(() => {});
    let limit: string | undefined;
    const seen = watch({
      settings,
      root,
      log,
      signal,
      onReady: (folders) => {
        this.#realtime = { folders, ...(limit !== undefined && { problem: limit }) };
        // What happened before nobody has seen.
        if (settings.scanOnStart) this.#nextAt = Math.min(this.#nextAt, clock());
      },
      onGap: (gap) => {
        // What was missed is found by looking at everything.
        this.#nextAt = Math.min(this.#nextAt, clock() + soon);
        if (gap.kind !== "limit") return;
        limit = gap.reason;
        this.#realtime = { folders: gap.watched, problem: limit };
      },
    });
    for await (const paths of seen) this.integrity.suspect(paths);
  }
}

function openIntegrity(means: Means, signal: AbortSignal): Integrity {
  const { judging, maintenance, baseline, log, clock, wake, settings } = means;
  const owners = ownersToLearn(judging, log);
  const options = scanOptions(means, owners.of, signal);
  // A scan reads ahead: what was seen and taken meanwhile is no change any more.
  const isStill = ({ before, after }: SeenChange) => {
    const now = baseline.get((after ?? before).path);
    return now?.inode === before?.inode && now?.ctime === before?.ctime;
  };
  return new Integrity({
    async *scan(full) {
      for await (const batch of scan({ ...options, full })) {
        yield batch.filter(isStill);
        await owners.learn(together);
      }
      await owners.learn(1);
    },
    lookAgain: async (paths) => {
      const found: SeenChange[] = [];
      for await (const batch of lookAgain(paths, options)) found.push(...batch);
      await owners.learn(together);
      return found;
    },
    judge: (changes, isMore) => judging.judge(changes, isMore, settings),
    take(told, isQuiet) {
      judging.take(told, isQuiet);
      wake();
    },
    maintenance,
    log,
    clock,
  });
}

const together = 20_000;

/** Whose files they are is asked for many at once: the lists of all packages are read for it. */
function ownersToLearn(judging: Judging, log: Log) {
  let paths: BytePath[] = [];
  return {
    of(entries: readonly Entry[]): void {
      for (const { path } of entries) paths.push(path);
    },
    async learn(atLeast: number): Promise<void> {
      if (paths.length < atLeast) return;
      const asked = paths;
      paths = [];
      await judging.learned(asked).catch((fault: unknown) => {
        log.warn(`whose files they are is unknown: ${reasonOf(fault)}`);
      });
    },
  };
}

function scanOptions(
  { root, settings, threads, baseline, log }: Means,
  onLearned: (entries: readonly Entry[]) => void,
  signal: AbortSignal,
): ScanOptions {
  const told = new Set<string>();
  return {
    settings,
    threads,
    baseline,
    root,
    signal,
    onTrouble: (trouble) => tellTrouble(trouble, told, log),
    onLearned,
  };
}

const mostTroubles = 1000;

/** Of each file once, and once that the program is missing: a scan comes by again and again. */
function tellTrouble({ path, kind, reason }: Trouble, told: Set<string>, log: Log): void {
  const key = kind === "attributes" ? kind : `${kind} ${path}`;
  if (told.has(key)) return;
  if (told.size >= mostTroubles) told.clear();
  told.add(key);
  const what = kind === "attributes" ? "capabilities and ACLs of files" : `"${nameShown(path)}"`;
  log.warn(`${what} could not be looked at: ${reason}`);
}
