import { join } from "node:path";
import type { Syscheck } from "../../config/syscheck-settings.ts";
import { reasonOf } from "../../core/failure.ts";
import type { Finding } from "../../core/finding.ts";
import type { Log } from "../../core/log.ts";
import type { Baseline } from "../../integrity/baseline/baseline.ts";
import { type HidingOption, openCoverage } from "../../integrity/cover.ts";
import type { BytePath, Entry } from "../../integrity/entry.ts";
import { type Glances, openGlances } from "../../integrity/glance.ts";
import type { Threads } from "../../integrity/hashing/pool.ts";
import { Integrity } from "../../integrity/integrity.ts";
import { nameShown } from "../../integrity/name.ts";
import { paceOf } from "../../integrity/pace.ts";
import { lookAgain, ratesOf, type ScanOptions, scan } from "../../integrity/scan.ts";
import { openSchedule, type Schedule } from "../../integrity/schedule.ts";
import type { SeenChange, Trouble } from "../../integrity/seen.ts";
import type { StatusFacts } from "../../integrity/serve/request.ts";
import type { Maintenance } from "../../integrity/window.ts";
import { tidy } from "../process-memory.ts";
import type { Judging } from "./judging.ts";
import { openMounting } from "./mounting.ts";
import { openSight, type Sight } from "./sight.ts";

interface Means {
  readonly root: string;
  readonly settings: Syscheck;
  /** Whether this process has watched before: what happened in between, and what waited to be judged, only a look finds. */
  readonly isAgain?: boolean;
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

/** After so many milliseconds that what was missed is quiet. */
const soon = 5000;

/** Watches files as one set of settings wants it, until its end. The first look at everything comes with the first tick. */
export class Watching {
  readonly integrity: Integrity;
  /** The setting that wants nothing shown of what the file holds, where one does. */
  readonly hiddenBy: (path: BytePath) => HidingOption | undefined;
  readonly #means: Means;
  readonly #stopping = new AbortController();
  readonly #sight: Sight;
  readonly #schedule: Schedule;
  readonly #glances: Glances;
  readonly #isMountedOver: () => boolean;

  constructor(means: Means) {
    const { settings, clock, root, baseline, isAgain: isSecond = false } = means;
    const { signal } = this.#stopping;
    this.#means = means;
    this.integrity = openIntegrity(means, signal);
    this.#isMountedOver = openMounting(settings, join(root, "proc/self/mountinfo"), clock);
    const coverage = openCoverage(settings);
    this.hiddenBy = (path) => {
      const cover = coverage.of(path);
      return cover && coverage.hiddenBy(path, cover);
    };
    const suspect = (paths: Iterable<BytePath>) => this.integrity.suspect(paths);
    this.#schedule = openSchedule(settings, baseline.looks, clock);
    this.#glances = openGlances({ ...means, pace: paceOf(ratesOf(settings)), signal, suspect });
    this.#sight = openSight({
      ...means,
      signal,
      suspect,
      onReady: (isAgain) => {
        if (isSecond || isAgain || settings.scanOnStart) this.#schedule.soon(0);
      },
      onMissed: () => this.#schedule.soon(soon),
    });
  }

  get realtime(): StatusFacts["realtime"] {
    return this.#sight.facts();
  }

  /** When everything is looked at next, in milliseconds since 1970. */
  get nextAt(): number {
    return this.#schedule.nextAt();
  }

  tick(): void {
    const { settings, isEarly, log } = this.#means;
    if (settings.disabled) return;
    if (this.#isMountedOver()) this.#sight.again();
    if (this.integrity.state().scanning || isEarly()) return;
    const due = this.#schedule.due(this.realtime.problem !== undefined);
    if (due) void this.integrity.scan(due === "read").then(tidy);
    else
      this.#glances.tick().catch((fault: unknown) => {
        log.warn(`files could not be glanced at: ${reasonOf(fault)}`);
      });
  }

  async end(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.integrity.stop(), this.#sight.ended]);
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
      if (!signal.aborted) baseline.noteLook(clock(), full);
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
