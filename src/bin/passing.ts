import type { Wish } from "../analyse/active-response.ts";
import type { Trip } from "../analyse/response/breaker.ts";
import { Settings } from "../config/settings.ts";
import type { Address } from "../core/address.ts";
import type { Alert } from "../core/alert.ts";
import { coveredBy, type Notice } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import { type BreakingMeans, openBreaking } from "./breaking.ts";
import type { Case, Decision } from "./evidence/record.ts";
import type { EvidenceStore } from "./evidence/store.ts";
import { type Failed, openFailures } from "./failures.ts";
import { openObserver } from "./observer.ts";
import { openOrdering } from "./ordering.ts";
import { openOutstanding } from "./outstanding.ts";
import { openRepeating } from "./repeating.ts";
import type { DaemonStatus } from "./status-file.ts";
import { type Asked, type AskedCommand, wouldBlock } from "./wishes.ts";

/** The last gate before the responder: what is only observed is told, the rest is asked for. */
export interface Passing {
  /** Returns what became of it; a refusal of the responder is evidence of its own. */
  pass(wish: Asked, of: Case): Decision;
  /** The same for a command. `id` is the alert's. */
  order(wish: AskedCommand, alert: Alert, id: string): void;
  /** Somebody has lifted blocks of these networks. */
  lifted(networks: Notice["lifted"]): void;
  configure(settings: Settings): void;
  counts(): Readonly<Record<"asked" | "refused" | "observed", number>>;
  /** What is only observed, by the settings. */
  observing(): DaemonStatus["observing"];
  /** What the circuit breaker has stopped. */
  trips(): readonly Trip[];
  /** Resolves when the responder has answered all that was asked, or after two seconds: it may be away. */
  answered(): Promise<void>;
  /** What is due every second. */
  tick(): void;
  close(): void;
}

/** What a block is asked with. */
export interface PassingMeans extends BreakingMeans {
  readonly evidence: Pick<EvidenceStore, "note">;
}

export function openPassing(means: PassingMeans): Passing {
  let { blocking, breaker: limits } = Settings.parse({});
  const outstanding = openOutstanding();
  const { repeating, breaking, observer, ordering, counts, ask } = openGates(means, {
    blocking,
    limits,
  });
  return {
    pass(first, of) {
      const { rule, event } = of.alert;
      const { address, response } = first;
      const wish = { ...first, seconds: repeating.secondsFor(address, first.seconds) };
      const { seconds, observed } = wish;
      const only = (did: "observed" | "stopped", because: string) => {
        if (observer.observe(observedBlock(wish, rule.id), because)) counts.observed += 1;
        return { response, seconds, did, because };
      };
      if (observed !== undefined) return only("observed", observed);
      const stopped = breaking.refusal({ ...wish, rule: rule.id, line: event.fullLog });
      if (stopped !== undefined) return only("stopped", stopped);
      repeating.note(address, seconds);
      outstanding.add(ask(wish, of));
      return { response, seconds, did: "asked", ...offenceOf(repeating.countOf(address)) };
    },
    order: ordering.order,
    lifted: repeating.pardon,
    configure(settings) {
      ({ blocking, breaker: limits } = settings);
      breaking.configure(limits);
      repeating.configure(blocking);
    },
    counts: () => ({ ...counts }),
    observing: () => ({
      all: blocking.observe,
      rules: [...blocking.observeRules],
      last: observer.last(),
    }),
    trips: breaking.trips,
    answered: () => outstanding.answered(patienceMilliseconds),
    tick: () => both(breaking.tick, repeating.tick),
    close: () => both(breaking.close, repeating.close),
  };
}

/** As long as a responder that was killed needs to come back. */
const patienceMilliseconds = 2000;

function both(first: () => void, second: () => void): void {
  first();
  second();
}

interface Bounds {
  readonly blocking: Settings["blocking"];
  readonly limits: Settings["breaker"];
}

/** What stands between a wish and its being asked for. */
function openGates(means: PassingMeans, { blocking, limits }: Bounds) {
  const { say, log, clock } = means;
  const repeating = openRepeating(means, blocking);
  const forgive = (addresses: readonly Address[]) => {
    repeating.forgive(addresses);
    ordering.undo(addresses);
  };
  const breaking = openBreaking({ ...means, forgive }, limits);
  const observer = openObserver(say, log, clock);
  const counts = { asked: 0, refused: 0, observed: 0 };
  const failed = openFailures(say, clock);
  const ordering = openOrdering({ ...means, breaking, repeating, observer, failed, counts });
  return { repeating, breaking, observer, ordering, counts, ask: asking(means, counts, failed) };
}

function offenceOf(count: number): Pick<Decision, "offence"> {
  return count === 0 ? {} : { offence: count };
}

function observedBlock(wish: Wish, rule: number) {
  const { address, seconds } = wish;
  return { key: coveredBy(address).text, text: wouldBlock(wish, rule), seconds };
}

/** Asks the responder for a block. Never rejects: what went wrong is told. */
function asking(
  { responder, evidence, log }: PassingMeans,
  counts: { asked: number; refused: number },
  failed: Failed,
) {
  return async ({ response, address, seconds }: Wish, of: Case) => {
    counts.asked += 1;
    try {
      const block = { response, address, seconds, rule: of.alert.rule.id, alert: of.id };
      const reply = await responder.ask({ verb: "block", ...block });
      if (reply.ok) return;
      counts.refused += 1;
      const { reason } = reply;
      if (reply.isRight) log.info(`${address} is not blocked: ${reason}`);
      else failed(response, address, reason);
      evidence.note(of, address, [{ response, seconds, did: "refused", because: reason }]);
    } catch (error) {
      failed(response, address, reasonOf(error));
    }
  };
}
