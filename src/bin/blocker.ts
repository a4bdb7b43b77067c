import { isTooOld, type Wish } from "../analyse/active-response.ts";
import type { Settings } from "../config/settings.ts";
import { listUntouchables, protectorOf, type Untouchable } from "../config/untouchables.ts";
import type { Alert } from "../core/alert.ts";
import { coveredBy } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Responder } from "../respond/client.ts";
import { openObserver } from "./observer.ts";
import type { DaemonStatus } from "./status-file.ts";
import { type Asked, openWishes } from "./wishes.ts";

/** The daemon's side of a block: it asks the responder, unless the address is one that is never blocked. */
export interface Blocker {
  /** `id` is the alert's, for the log of active responses. Does not wait for the answer. */
  consider(alert: Alert, id: string): void;
  /** Computes anew what is never blocked: at start, at reload and every few minutes. */
  refresh(settings: Settings): Promise<void>;
  /** `spared` are never blocked, `late` were too old to block, `observed` would have been blocked. */
  counts(): Readonly<Record<"asked" | "refused" | "spared" | "late" | "observed", number>>;
  /** What is only observed, by the settings. */
  observing(): DaemonStatus["observing"];
}

/** Stockade's word on its own doing: it goes the road of every event. */
export type Say = (text: string) => void;

/** The same block is not asked for again within this time, however many lines of an attack come in. */
const repeatSeconds = 10;
const maxRemembered = 10_000;

export function openBlocker(
  responder: Responder,
  say: Say,
  log: Log,
  clock: () => number,
): Blocker {
  let settings: Settings | undefined;
  let wishesOf: ReturnType<typeof openWishes> = () => [];
  const observer = openObserver(say, log, clock);
  let untouchables: readonly Untouchable[] = [];
  const isRepeated = repetition(clock);
  const sayLate = lateness(log, clock);
  const counts = { asked: 0, refused: 0, spared: 0, late: 0, observed: 0 };

  const ask = asking(responder, counts, log);

  const pass = (wish: Asked, rule: number, id: string) => {
    if (wish.observed === undefined) void ask(wish, rule, id);
    else if (observer.observe(wish, rule, wish.observed)) counts.observed += 1;
  };

  const block = (wish: Asked, rule: number, id: string) => {
    const protector = protectorOf(coveredBy(wish.address), untouchables);
    if (!protector) {
      pass(wish, rule, id);
      return;
    }
    counts.spared += 1;
    log.info(`${wish.address} is not blocked: ${protector.reason} (${protector.network.text})`);
  };

  return {
    consider(alert, id) {
      for (const wish of wishesOf(alert)) {
        if (isTooOld(alert, wish, clock())) {
          counts.late += 1;
          sayLate(alert, wish);
        } else if (!isRepeated(wish)) block(wish, alert.rule.id, id);
      }
    },
    async refresh(current) {
      const listed = await listUntouchables(current.global.whiteList);
      settings = current;
      wishesOf = openWishes(current);
      untouchables = listed.untouchables;
      for (const problem of listed.problems) log.warn(problem);
    },
    counts: () => ({ ...counts }),
    observing: () => ({
      all: settings?.blocking.observe ?? false,
      rules: [...(settings?.blocking.observeRules ?? [])],
      last: observer.last(),
    }),
  };
}

/** Asks the responder for a block. Never rejects: what went wrong is told. */
function asking(responder: Responder, counts: { asked: number; refused: number }, log: Log) {
  return async ({ response, address, seconds }: Wish, rule: number, alert: string) => {
    counts.asked += 1;
    try {
      const block = { response, address, seconds, rule, alert };
      const reply = await responder.ask({ verb: "block", ...block });
      if (reply.ok) return;
      counts.refused += 1;
      log.warn(`${response} of ${address} was refused: ${reply.reason}`);
    } catch (error) {
      log.error(`${response} of ${address}: ${reasonOf(error)}`);
    }
  };
}

/** Whether the same was asked for a moment ago. */
function repetition(clock: () => number): (wish: Wish) => boolean {
  const asked = new Map<string, number>();
  return ({ response, address, seconds }) => {
    const key = `${response} ${coveredBy(address).text}`;
    const now = clock();
    const again = Math.min(repeatSeconds, seconds / 2) * 1000;
    // Both ways: a clock that was set back must not spare anybody for as long as the step was.
    if (Math.abs(now - (asked.get(key) ?? Number.NEGATIVE_INFINITY)) < again) return true;
    if (asked.size >= maxRemembered) asked.clear();
    asked.set(key, now);
    return false;
  };
}

/** Says once a minute that a block came too late: it is a backlog, or the time zone of a log is not this process's. */
function lateness(log: Log, clock: () => number): (alert: Alert, wish: Wish) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return ({ event }, { address }) => {
    const now = clock();
    if (Math.abs(now - saidAt) < 60_000) return;
    saidAt = now;
    const minutes = Math.round((now - event.at) / 60_000);
    log.warn(
      `${address} is not blocked: its line in ${event.location} says it is ${minutes} min old; ` +
        "unless that is a backlog, check the clock, and restart Stockade after a change of time zone",
    );
  };
}
