import { isTooOld, type Wish } from "../analyse/active-response.ts";
import type { Settings } from "../config/settings.ts";
import type { Alert } from "../core/alert.ts";
import { coveredBy, type Notice } from "../core/block.ts";
import type { Log } from "../core/log.ts";
import type { Case, Decision } from "./evidence/record.ts";
import { openPassing, type Passing, type PassingMeans } from "./passing.ts";
import { openSpared, type Spared, type SparedMeans } from "./spared.ts";
import { type Asked, openWishes, openWithheld } from "./wishes.ts";

/** The daemon's side of a block: it asks the responder, unless the address is one that is never blocked. */
export interface Blocker
  extends Pick<Passing, "observing" | "trips" | "tick" | "close">,
    Pick<Spared, "see"> {
  /** Decides what follows from an alert, and leaves the evidence. Does not wait for the responder's answer. */
  consider(of: Case): void;
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

export function openBlocker(means: PassingMeans & SparedMeans): Blocker {
  const { log, clock, evidence } = means;
  const passing = openPassing(means);
  const spared = openSpared(means);
  const sparing = openSparing(spared, log);
  const lateness = openLateness(log, clock);
  const repetition = openRepetition(clock);
  let wishesOf: ReturnType<typeof openWishes> = () => [];
  let withheldOf: ReturnType<typeof openWithheld> = () => [];

  /** Undefined where the same was decided a moment ago. */
  const decide = (wish: Asked, of: Case): Decision | undefined => {
    const late = lateness.decide(wish, of.alert);
    if (late || repetition.isAgain(wish)) return late;
    return sparing.decide(wish) ?? passing.pass(wish, of);
  };

  return {
    ...passing,
    see: spared.see,
    consider(of) {
      const remote = of.alert.event.verdict?.remote;
      if (remote === undefined) return;
      const wishes = wishesOf(of.alert);
      const decisions = wishes.flatMap((wish) => decide(wish, of) ?? []);
      evidence.note(of, remote, wishes.length === 0 ? withheldOf(of.alert) : decisions);
    },
    lifted: (networks) => repetition.forget(networks),
    async refresh(current) {
      wishesOf = openWishes(current);
      withheldOf = openWithheld(current);
      passing.configure(current);
      await spared.refresh(current.global.whiteList);
    },
    tick() {
      passing.tick();
      spared.tick();
    },
    counts: () => ({ ...passing.counts(), spared: sparing.count(), late: lateness.count() }),
  };
}

/** Whom nobody blocks, whatever he does. */
function openSparing(spared: Spared, log: Log) {
  let count = 0;
  return {
    decide({ response, address, seconds }: Wish): Decision | undefined {
      const because = spared.reasonFor(address);
      if (because === undefined) return undefined;
      count += 1;
      log.info(`${address} is not blocked: ${because}`);
      return { response, seconds, did: "spared", because };
    },
    count: () => count,
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

/** Blocks that come too late. It says so once a minute: it is a backlog, or the time zone of a log is not this process's. */
function openLateness(log: Log, clock: () => number) {
  let saidAt = Number.NEGATIVE_INFINITY;
  let count = 0;
  const say = ({ event }: Alert, { address }: Wish) => {
    const now = clock();
    if (Math.abs(now - saidAt) < 60_000) return;
    saidAt = now;
    const minutes = Math.round((now - event.at) / 60_000);
    log.warn(
      `${address} is not blocked: its line in ${event.location} says it is ${minutes} min old; ` +
        "unless that is a backlog, check the clock, and restart Stockade after a change of time zone",
    );
  };
  return {
    decide(wish: Wish, alert: Alert): Decision | undefined {
      if (!isTooOld(alert, wish, clock())) return undefined;
      count += 1;
      say(alert, wish);
      const { response, seconds } = wish;
      return {
        response,
        seconds,
        did: "late",
        because: "its line is older than the block is long",
      };
    },
    count: () => count,
  };
}
