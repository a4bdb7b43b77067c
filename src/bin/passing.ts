import type { Wish } from "../analyse/active-response.ts";
import type { Trip } from "../analyse/response/breaker.ts";
import { Settings } from "../config/settings.ts";
import type { Alert } from "../core/alert.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Responder } from "../respond/client.ts";
import { type BreakingMeans, openBreaking } from "./breaking.ts";
import { openObserver } from "./observer.ts";
import { openRepeating } from "./repeating.ts";
import type { DaemonStatus } from "./status-file.ts";
import type { Asked } from "./wishes.ts";

/** The last gate before the responder: what is only observed is told, the rest is asked for. */
export interface Passing {
  /** `id` is the alert's. */
  pass(wish: Asked, alert: Alert, id: string): void;
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

export function openPassing(means: BreakingMeans): Passing {
  const { responder, say, log, clock } = means;
  let { blocking, breaker: limits } = Settings.parse({});
  const repeating = openRepeating(means, blocking);
  const breaking = openBreaking({ ...means, forgive: repeating.forgive }, limits);
  const observer = openObserver(say, log, clock);
  const counts = { asked: 0, refused: 0, observed: 0 };
  const ask = asking(responder, counts, log);

  return {
    pass(first, { rule: { id: rule }, event }, id) {
      const { address } = first;
      const wish = { ...first, seconds: repeating.secondsFor(address, first.seconds) };
      const why = wish.observed ?? breaking.refusal({ ...wish, rule, line: event.fullLog });
      if (why === undefined) {
        repeating.note(address, wish.seconds);
        void ask(wish, rule, id);
      } else if (observer.observe(wish, rule, why)) counts.observed += 1;
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
