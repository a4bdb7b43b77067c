import { isTooOld, type Wish } from "../analyse/active-response.ts";
import type { Settings } from "../config/settings.ts";
import type { Alert } from "../core/alert.ts";
import { coveredBy, type Notice } from "../core/block.ts";
import type { Log } from "../core/log.ts";
import type { BreakingMeans } from "./breaking.ts";
import { openPassing, type Passing } from "./passing.ts";
import { openSpared, type Spared, type SparedMeans } from "./spared.ts";
import { type Asked, openWishes } from "./wishes.ts";

/** The daemon's side of a block: it asks the responder, unless the address is one that is never blocked. */
export interface Blocker
  extends Pick<Passing, "observing" | "trips" | "tick" | "close">,
    Pick<Spared, "see"> {
  /** `id` is the alert's, for the log of active responses. Does not wait for the answer. */
  consider(alert: Alert, id: string): void;
  /** Somebody has lifted blocks: whoever goes on attacking is asked for again at once. */
  lifted(networks: Notice["lifted"]): void;
  /** Computes anew what is never blocked: at start, at reload and every few minutes. */
  refresh(settings: Settings): Promise<void>;
  /** `spared` are never blocked, `late` were too old to block, `observed` would have been blocked. */
  counts(): Readonly<Record<"asked" | "refused" | "spared" | "late" | "observed", number>>;
}

/** The same block is not asked for again within this time, however many lines of an attack come in. */
const repeatSeconds = 10;
const maxRemembered = 10_000;

export function openBlocker(means: BreakingMeans & SparedMeans): Blocker {
  const { log, clock } = means;
  const passing = openPassing(means);
  const spared = openSpared(means);
  let wishesOf: ReturnType<typeof openWishes> = () => [];
  const repetition = openRepetition(clock);
  const sayLate = lateness(log, clock);
  const counts = { spared: 0, late: 0 };

  const block = (wish: Asked, alert: Alert, id: string) => {
    const reason = spared.reasonFor(wish.address);
    if (reason === undefined) {
      passing.pass(wish, alert, id);
      return;
    }
    counts.spared += 1;
    log.info(`${wish.address} is not blocked: ${reason}`);
  };

  return {
    ...passing,
    see: spared.see,
    consider(alert, id) {
      for (const wish of wishesOf(alert)) {
        if (isTooOld(alert, wish, clock())) {
          counts.late += 1;
          sayLate(alert, wish);
        } else if (!repetition.isAgain(wish)) block(wish, alert, id);
      }
    },
    lifted: (networks) => repetition.forget(networks),
    async refresh(current) {
      wishesOf = openWishes(current);
      passing.configure(current);
      await spared.refresh(current.global.whiteList);
    },
    tick() {
      passing.tick();
      spared.tick();
    },
    counts: () => ({ ...passing.counts(), ...counts }),
  };
}

/** What was asked for a moment ago. */
function openRepetition(clock: () => number) {
  /** By network, then by response. */
  const asked = new Map<string, Map<string, number>>();
  return {
    isAgain({ response, address, seconds }: Wish): boolean {
      const network = coveredBy(address).text;
      const now = clock();
      const again = Math.min(repeatSeconds, seconds / 2) * 1000;
      const before = asked.get(network) ?? new Map<string, number>();
      // Both ways: a clock that was set back must not spare anybody for as long as the step was.
      if (Math.abs(now - (before.get(response) ?? Number.NEGATIVE_INFINITY)) < again) return true;
      if (asked.size >= maxRemembered) asked.clear();
      asked.set(network, before.set(response, now));
      return false;
    },
    forget(networks: Notice["lifted"]): void {
      if (networks === "all") asked.clear();
      else for (const network of networks) asked.delete(network);
    },
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
