import { isTooOld, responsesTo, type Wish } from "../analyse/active-response.ts";
import type { Settings } from "../config/settings.ts";
import { listUntouchables, protectorOf, type Untouchable } from "../config/untouchables.ts";
import type { Alert } from "../core/alert.ts";
import { coveredBy } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Responder } from "../respond/client.ts";

/** The daemon's side of a block: it asks the responder, unless the address is one that is never blocked. */
export interface Blocker {
  /** `id` is the alert's, for the log of active responses. Does not wait for the answer. */
  consider(alert: Alert, id: string): void;
  /** Computes anew what is never blocked: at start, at reload and every few minutes. */
  refresh(settings: Settings): Promise<void>;
  /** `spared` are never blocked, `late` were too old to block. */
  counts(): Readonly<Record<"asked" | "refused" | "spared" | "late", number>>;
}

/** The same block is not asked for again within this time, however many lines of an attack come in. */
const repeatSeconds = 10;
const maxRemembered = 10_000;

export function openBlocker(responder: Responder, log: Log, clock: () => number): Blocker {
  let settings: Settings | undefined;
  let untouchables: readonly Untouchable[] = [];
  const isRepeated = repetition(clock);
  const sayLate = lateness(log, clock);
  const counts = { asked: 0, refused: 0, spared: 0, late: 0 };

  const ask = async (wish: Wish, rule: number, alert: string) => {
    counts.asked += 1;
    const reply = await responder.ask({ verb: "block", ...wish, rule, alert });
    if (reply.ok) return;
    counts.refused += 1;
    log.warn(`${wish.response} of ${wish.address} was refused: ${reply.reason}`);
  };

  const block = (wish: Wish, rule: number, id: string) => {
    const protector = protectorOf(coveredBy(wish.address), untouchables);
    if (!protector) {
      ask(wish, rule, id).catch((error: unknown) =>
        log.error(`${wish.response} of ${wish.address}: ${reasonOf(error)}`),
      );
      return;
    }
    counts.spared += 1;
    log.info(`${wish.address} is not blocked: ${protector.reason} (${protector.network.text})`);
  };

  return {
    consider(alert, id) {
      for (const wish of responsesTo(alert, settings?.activeResponses ?? [])) {
        if (isTooOld(alert, wish, clock())) {
          counts.late += 1;
          sayLate(alert, wish);
        } else if (!isRepeated(wish)) block(wish, alert.rule.id, id);
      }
    },
    async refresh(current) {
      const listed = await listUntouchables(current.global.whiteList);
      settings = current;
      untouchables = listed.untouchables;
      for (const problem of listed.problems) log.warn(problem);
    },
    counts: () => ({ ...counts }),
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
