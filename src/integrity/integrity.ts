import { setTimeout as delay } from "node:timers/promises";
import { reasonOf } from "../core/failure.ts";
import type { Finding } from "../core/finding.ts";
import type { Log } from "../core/log.ts";
import type { Sorted } from "./crowds/crowds.ts";
import type { BytePath, Change, JudgedChange } from "./entry.ts";
import { pathOf } from "./judging/facts.ts";
import { unlessStopped } from "./unless-stopped.ts";
import type { Maintenance } from "./window.ts";

/** Changes as they were judged, what is to be told of them, and those that are to be judged again in a while. */
export interface Told {
  readonly judged: readonly JudgedChange[];
  readonly findings: readonly Finding[];
  readonly wait: readonly Change[];
  /** Of those judged, what is told with others like it later on. */
  readonly sorted?: Sorted;
}

export interface Means {
  /** Compares everything that is watched with the baseline. */
  readonly scan: (full: boolean, signal: AbortSignal) => AsyncIterable<readonly Change[]>;
  /** The same for some paths. */
  readonly lookAgain: (paths: readonly BytePath[]) => Promise<readonly Change[]>;
  /** `isMore`: others come that may belong together with these. */
  readonly judge: (changes: readonly Change[], isMore: boolean) => Promise<Told>;
  /** Puts changes into the baseline, with what is to be told, in one transaction. `isQuiet`: as they should be, and not told. */
  readonly take: (told: Told, isQuiet: boolean) => void;
  readonly maintenance: Maintenance;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly againMilliseconds?: number;
}

export interface ScanResult {
  readonly at: number;
  readonly milliseconds: number;
  readonly full: boolean;
  readonly changes: number;
  readonly problem: string | undefined;
}

const together = 1000;
/** The kernel's clock for files is some milliseconds behind. */
const clockSlack = 50;

/** Watches over files: what is seen to change, and what a scan finds, is judged, taken in and told, one batch after the other. */
export class Integrity {
  readonly #means: Means;
  readonly #stopping = new AbortController();
  readonly #dirty = new Set<BytePath>();
  /** Found, and not judged yet: a transaction runs that may explain them. */
  readonly #waiting = new Map<BytePath, Change>();
  #isWaiting = false;
  #turn: Promise<unknown> = Promise.resolve();
  #isLooking = false;
  #scanning: Promise<ScanResult> | undefined;
  #isFull = false;
  #last: ScanResult | undefined;

  constructor(means: Means) {
    this.#means = means;
  }

  /** These may have changed. */
  suspect(paths: Iterable<BytePath>): void {
    for (const path of paths) this.#dirty.add(path);
    if (this.#isLooking || this.#dirty.size === 0 || this.#stopping.signal.aborted) return;
    this.#isLooking = true;
    this.#look()
      .catch((fault: unknown) => {
        this.#means.log.error(`changed files were not judged: ${reasonOf(fault)}`);
      })
      .finally(() => {
        this.#isLooking = false;
        this.suspect([]);
      });
  }

  /** Looks at everything. Resolves when that is done; a second call meanwhile joins the first, where that reads as much. */
  scan(full: boolean): Promise<ScanResult> {
    const isLess = full && !this.#isFull;
    if (isLess && this.#scanning !== undefined) return this.#scanning.then(() => this.scan(true));
    if (this.#scanning === undefined) this.#isFull = full;
    this.#scanning ??= this.#scanAll(full).finally(() => {
      this.#scanning = undefined;
    });
    return this.#scanning;
  }

  /** Whether a scan is under way, and how the last one ended. */
  state(): { readonly scanning: boolean; readonly last: ScanResult | undefined } {
    return { scanning: this.#scanning !== undefined, last: this.#last };
  }

  /** Resolves at once but for what is just being put into the baseline; a file that is read is given up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#scanning;
    await this.#turn;
  }

  /** Nothing is compared with the baseline while something else is on its way into it. */
  inTurn<T>(work: () => Promise<T> | T): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #look(): Promise<void> {
    while (this.#dirty.size > 0 && !this.#stopping.signal.aborted) {
      const paths = [...this.#dirty].slice(0, together);
      for (const path of paths) this.#dirty.delete(path);
      await this.inTurn(async () => {
        const changes = await this.#means.lookAgain(paths);
        // What is as it was again waits for nothing.
        for (const path of paths) this.#waiting.delete(path);
        await this.#take(changes);
      });
    }
  }

  /** What happened before a window began is told: the kernel's time of a change cannot be set. */
  async #take(changes: readonly Change[]): Promise<number> {
    const since = this.#means.maintenance.now()?.since ?? Number.POSITIVE_INFINITY;
    const isWithin = ({ after }: Change) => since <= (after?.ctime ?? since) + clockSlack;
    const quiet = since === Number.POSITIVE_INFINITY ? [] : changes.filter(isWithin);
    const told = quiet.length === 0 ? changes : changes.filter((change) => !isWithin(change));
    return (await this.#judge(told, false)) + (await this.#judge(quiet, true));
  }

  async #judge(changes: readonly Change[], isQuiet: boolean): Promise<number> {
    if (changes.length === 0) return 0;
    const { judge, take, maintenance } = this.#means;
    const isMore = this.#dirty.size > 0 || this.#scanning !== undefined;
    const told = await unlessStopped(judge(changes, isMore), this.#stopping.signal);
    // What is not taken is found again after the next start.
    if (!told) return 0;
    const { judged, wait } = told;
    take(told, isQuiet);
    if (isQuiet) maintenance.note(judged.map(({ change }) => change));
    for (const change of changes) this.#waiting.delete(pathOf(change));
    for (const change of wait) this.#waiting.set(pathOf(change), change);
    if (this.#waiting.size > 0) void this.#later();
    return judged.length;
  }

  /** All that waits is judged together, so that a transaction is told as one. */
  async #later(): Promise<void> {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const { signal } = this.#stopping;
    const pause = this.#means.againMilliseconds ?? 2000;
    await delay(pause, undefined, { signal }).catch(() => undefined);
    this.#isWaiting = false;
    if (signal.aborted) return;
    await this.inTurn(() => this.#take([...this.#waiting.values()])).catch((fault: unknown) => {
      this.#means.log.error(`what waits was not judged: ${reasonOf(fault)}`);
    });
    if (this.#waiting.size > 0) void this.#later();
  }

  async #scanAll(full: boolean): Promise<ScanResult> {
    const { scan, clock, log } = this.#means;
    const { signal } = this.#stopping;
    const at = clock();
    const begun = performance.now();
    let changes = 0;
    let problem: string | undefined;
    try {
      const batches = scan(full, signal)[Symbol.asyncIterator]();
      const next = async () => {
        const { done, value } = await batches.next();
        if (!done) changes += await this.#take(value);
        return !done;
      };
      while (await this.inTurn(next));
      if (signal.aborted) problem = "it was stopped";
    } catch (error) {
      problem = reasonOf(error);
      log.error(`the scan ended early: ${problem}`);
    }
    const milliseconds = Math.round(performance.now() - begun);
    this.#last = { at, milliseconds, full, changes, problem };
    return this.#last;
  }
}
