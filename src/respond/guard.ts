import { listUntouchables, protectorOf, type Untouchable } from "../config/untouchables.ts";
import type { Log } from "../core/log.ts";
import { type Network, parseNetwork } from "../core/network.ts";

/** Says no where a block would hit the owner. */
export interface Guard {
  /** Why `network` must not be blocked, or undefined when it may. Knows nothing and refuses all before the first refresh. */
  refusal(network: Network): string | undefined;
  /** Computes the list anew. Never rejects: what cannot be found out is logged, and what was known of it stays. */
  refresh(whiteList: readonly string[]): Promise<void>;
}

/** `list` is `listUntouchables` unless a test knows better. */
export function createGuard(log: Log, list: typeof listUntouchables = listUntouchables): Guard {
  let known: readonly Untouchable[] | undefined;
  let latest = 0;
  let told: readonly string[] = [];
  return {
    refusal(network) {
      if (!known) return "what must not be blocked is not known yet";
      const protector = protectorOf(network, known);
      if (!protector) return undefined;
      return `${network.text} is never blocked: ${protector.reason} (${protector.network.text})`;
    },
    async refresh(whiteList) {
      latest += 1;
      const own = latest;
      // Names may take long to resolve; what needs no resolver is known at once.
      known ??= (await list(whiteList.filter((item) => parseNetwork(item)))).untouchables;
      const { untouchables, problems } = await list(whiteList);
      // A slow answer to an older question must not replace a newer one.
      if (own !== latest) return;
      for (const problem of problems) if (!told.includes(problem)) log.warn(problem);
      told = problems;
      known = [...untouchables, ...lastKnown(whiteList, untouchables, known)];
    },
  };
}

/** A name that does not resolve at the moment keeps its last addresses: a broken resolver must not lock anybody out. */
function lastKnown(
  whiteList: readonly string[],
  now: readonly Untouchable[],
  before: readonly Untouchable[],
): Untouchable[] {
  return whiteList.flatMap((name) => {
    const reason = `white list: ${name}`;
    if (parseNetwork(name) || now.some((entry) => entry.reason === reason)) return [];
    return before.filter((entry) => entry.reason === reason);
  });
}
