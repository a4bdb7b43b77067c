import type { Wish } from "../analyse/active-response.ts";
import type { Trip } from "../analyse/response/breaker.ts";
import { Settings } from "../config/settings.ts";
import { reasonOf } from "../core/failure.ts";
import { type BreakingMeans, openBreaking } from "./breaking.ts";
import type { Case, Decision } from "./evidence/record.ts";
import type { EvidenceStore } from "./evidence/store.ts";
import { type Failed, openFailures } from "./failures.ts";
import { openObserver } from "./observer.ts";
import { openRepeating } from "./repeating.ts";
import type { DaemonStatus } from "./status-file.ts";
import type { Asked } from "./wishes.ts";

/** The last gate before the responder: what is only observed is told, the rest is asked for. */
export interface Passing {
  /** Returns what became of it; a refusal of the responder is evidence of its own. */
  pass(wish: Asked, of: Case): Decision;
  configure(settings: Settings): void;
  counts(): Readonly<Record<"asked" | "refused" | "observed", number>>;
  /** What is only observed, by the settings. */
  observing(): DaemonStatus["observing"];
  /** What the circuit breaker has stopped. */
  trips(): readonly Trip[];
  /** What is due every second. */
  tick(): void;
  close(): void;
}

/** What a block is asked with. */
export interface PassingMeans extends BreakingMeans {
  readonly evidence: Pick<EvidenceStore, "note">;
}

export function openPassing(means: PassingMeans): Passing {
  const { say, log, clock } = means;
  let { blocking, breaker: limits } = Settings.parse({});
  const repeating = openRepeating(means, blocking);
  const breaking = openBreaking({ ...means, forgive: repeating.forgive }, limits);
  const observer = openObserver(say, log, clock);
  const counts = { asked: 0, refused: 0, observed: 0 };
  const ask = asking(means, counts, openFailures(say, clock));

  return {
    pass(first, of) {
      const { rule, event } = of.alert;
      const { address, response } = first;
      const wish = { ...first, seconds: repeating.secondsFor(address, first.seconds) };
      const { seconds, observed } = wish;
      if (observed !== undefined) {
        if (observer.observe(wish, rule.id, observed)) counts.observed += 1;
        return { response, seconds, did: "observed", because: observed };
      }
      const stopped = breaking.refusal({ ...wish, rule: rule.id, line: event.fullLog });
      if (stopped !== undefined) {
        if (observer.observe(wish, rule.id, stopped)) counts.observed += 1;
        return { response, seconds, did: "stopped", because: stopped };
      }
      repeating.note(address, seconds);
      void ask(wish, of);
      return { response, seconds, did: "asked", ...offenceOf(repeating.countOf(address)) };
    },
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
    tick() {
      breaking.tick();
      repeating.tick();
    },
    close() {
      breaking.close();
      repeating.close();
    },
  };
}

function offenceOf(count: number): Pick<Decision, "offence"> {
  return count === 0 ? {} : { offence: count };
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
