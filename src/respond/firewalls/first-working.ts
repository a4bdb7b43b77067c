import { Failure, isForNow, reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";
import type { Firewall } from "../firewall.ts";

/**
 * The best firewall that works here, chosen at each `reconcile`: so what is missing at the start (a kernel module, a
 * package) may come later, and a worse one is left again. `costs` says what to know of one that is not the best.
 */
export function firstWorking(best: Firewall, second: Firewall, costs: string, log: Log): Firewall {
  let current = best;
  let shortcoming: string | undefined;
  const use = (one: Firewall, why: string | undefined) => {
    const text = why === undefined ? undefined : `${best.name} does not work: ${costs} (${why})`;
    if (current !== one && text !== undefined) log.warn(`IPv${best.family}: ${text}`);
    if (current !== one && text === undefined)
      log.info(`IPv${best.family}: ${best.name} works again`);
    current = one;
    shortcoming = text;
  };
  return {
    name: best.name,
    family: best.family,
    shortcoming: () => shortcoming,
    async reconcile(wanted, turn) {
      const reasons: string[] = [];
      for (const one of [best, second]) {
        try {
          const repaired = await one.reconcile(wanted, turn);
          use(one, reasons[0]);
          return repaired;
        } catch (error) {
          // A machine that is too busy does without being looked at for once; another firewall would cost it more.
          if (isForNow(error)) throw error;
          reasons.push(reasonOf(error));
        }
      }
      throw new Failure([...new Set(reasons)].join("; "), { exitCode: 69 });
    },
    apply: (changes) => current.apply(changes),
    allow: (networks) => current.allow(networks),
    list: () => current.list(),
    find: (some) => current.find(some),
  };
}
