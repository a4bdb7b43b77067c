import type { User } from "../analyse/response/offenders.ts";
import type { Address } from "../core/address.ts";
import type { Alert } from "../core/alert.ts";
import { coveredBy } from "../core/block.ts";
import type { Log } from "../core/log.ts";
import { Location } from "../core/order.ts";
import type { Executor } from "../respond/client-execute.ts";
import type { Breaking } from "./breaking.ts";
import type { Failed } from "./failures.ts";
import type { Observer } from "./observer.ts";
import type { Repeating } from "./repeating.ts";
import { type AskedCommand, whomOf, wouldRun } from "./wishes.ts";

interface Means {
  readonly executor: Executor;
  readonly breaking: Pick<Breaking, "refusal">;
  readonly repeating: Pick<Repeating, "secondsFor" | "note">;
  readonly observer: Pick<Observer, "observe">;
  readonly failed: Failed;
  readonly counts: { asked: number; refused: number; observed: number };
  readonly log: Log;
}

/** The last gate before the executor, as `Passing` is before the responder. */
export interface Ordering {
  /** `id` is the alert's. Does not wait for the answer. */
  order(wish: AskedCommand, alert: Alert, id: string): void;
  /** What was run about these was a mistake: it is undone. */
  undo(addresses: readonly Address[]): void;
}

const mostRemembered = 10_000;
/** What has no end is told again after this, where it is only observed. */
const leastSeconds = 60;

export function openOrdering(means: Means): Ordering {
  const { executor, breaking, repeating, observer, failed, counts, log } = means;
  /** About whom something was ordered: the others need no undoing. */
  const touched = new Set<string>();

  const send = async (wish: AskedCommand, rule: number, alert: string, location: string) => {
    counts.asked += 1;
    const { observed: _observed, ...told } = wish;
    const where = Location.safeParse(location).data;
    const order = { verb: "run", ...told, rule, alert, ...(where && { location: where }) } as const;
    const answer = await executor.order(order);
    if (answer.ok) return;
    counts.refused += 1;
    const whom = whomOf(wish);
    if (answer.isRight) log.info(`${wish.command} is not run for ${whom}: ${answer.reason}`);
    else failed(wish.command, whom, answer.reason);
  };

  /** The circuit breaker counts addresses; where there is none, the executor has limits of its own. */
  const stopOf = ({ address, seconds }: AskedCommand, rule: number, line: string) =>
    address && breaking.refusal({ address, seconds, rule, line });
  const observe = (wish: AskedCommand, rule: number, why: string) => {
    const text = wouldRun(wish, rule);
    const seconds = Math.max(wish.seconds, leastSeconds);
    if (observer.observe({ key: text, text, seconds }, why)) counts.observed += 1;
  };

  return {
    order(first, { rule: { id: rule }, event }, id) {
      const whom = lastingSubject(first);
      const seconds = whom ? repeating.secondsFor(whom, first.seconds) : first.seconds;
      const wish = { ...first, seconds };
      const why = wish.observed ?? stopOf(wish, rule, event.fullLog);
      if (why !== undefined) {
        observe(wish, rule, why);
        return;
      }
      if (whom) repeating.note(whom, seconds);
      if (wish.address) remember(touched, coveredBy(wish.address).text);
      void send(wish, rule, id, event.location);
    },
    undo(addresses) {
      for (const address of addresses) {
        if (touched.delete(coveredBy(address).text)) void executor.order({ verb: "end", address });
      }
    },
  };
}

/** Who comes back is kept out for longer; what has no end cannot become longer. */
function lastingSubject({ address, user, seconds }: AskedCommand): Address | User | undefined {
  if (seconds === 0) return undefined;
  return address ?? (user === undefined ? undefined : { user });
}

function remember(touched: Set<string>, network: string): void {
  if (touched.size >= mostRemembered) touched.clear();
  touched.add(network);
}
