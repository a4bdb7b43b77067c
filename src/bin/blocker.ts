import { responsesTo, type Wish } from "../analyse/active-response.ts";
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
  counts(): { readonly asked: number; readonly refused: number; readonly spared: number };
}

/** The same block is not asked for again within this time, however many lines of an attack come in. */
const repeatSeconds = 10;
const maxRemembered = 10_000;

export function openBlocker(responder: Responder, log: Log, clock: () => number): Blocker {
  let settings: Settings | undefined;
  let untouchables: readonly Untouchable[] = [];
  const asked = new Map<string, number>();
  const counts = { asked: 0, refused: 0, spared: 0 };

  const isRepeated = ({ response, address, seconds }: Wish): boolean => {
    const key = `${response} ${address}`;
    const now = clock();
    const again = Math.min(repeatSeconds, seconds / 2) * 1000;
    if (now - (asked.get(key) ?? Number.NEGATIVE_INFINITY) < again) return true;
    if (asked.size >= maxRemembered) asked.clear();
    asked.set(key, now);
    return false;
  };

  const ask = (wish: Wish, rule: number, alert: string) => {
    counts.asked += 1;
    responder.ask({ verb: "block", ...wish, rule, alert }).then(
      (reply) => {
        if (reply.ok) return;
        counts.refused += 1;
        log.warn(`${wish.response} of ${wish.address} was refused: ${reply.reason}`);
      },
      (error: unknown) => log.error(`${wish.response} of ${wish.address}: ${reasonOf(error)}`),
    );
  };

  return {
    consider(alert, id) {
      for (const wish of responsesTo(alert, settings?.activeResponses ?? [], clock())) {
        if (isRepeated(wish)) continue;
        const protector = protectorOf(coveredBy(wish.address), untouchables);
        if (!protector) {
          ask(wish, alert.rule.id, id);
          continue;
        }
        counts.spared += 1;
        log.info(`${wish.address} is not blocked: ${protector.reason} (${protector.network.text})`);
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
