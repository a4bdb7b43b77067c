import {
  listUntouchables,
  type Names,
  protectorOf,
  type Untouchable,
} from "../config/untouchables.ts";
import type { Log } from "../core/log.ts";
import { type Network, parseNetwork } from "../core/network.ts";

/** Says no where a block would hit the owner. */
export interface Guard {
  /** Why `network` must not be blocked, or undefined when it may. Knows nothing and refuses all before the first refresh. */
  refusal(network: Network): string | undefined;
  /** Computes the list anew. Never rejects: what cannot be found out is logged, and what was known of it stays. */
  refresh(whiteList: readonly string[]): Promise<void>;
}

/** What a guard may be given beside its log. */
interface Knowledge {
  /** The addresses of names when they last resolved, from an earlier life. */
  readonly names?: Names;
  /** Is told of the names' addresses whenever they have changed. Never rejects. */
  keep?(names: Names): Promise<void>;
  /** `listUntouchables` unless a test knows better. */
  readonly list?: typeof listUntouchables;
}

/** A name that does not resolve keeps its last addresses: a broken resolver must not lock anybody out. */
export function createGuard(
  log: Log,
  { names: first = new Map(), keep, list = listUntouchables }: Knowledge = {},
): Guard {
  let names = first;
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
      known ??= (await list(withoutNames(whiteList, names))).untouchables;
      const now = await list(whiteList, names);
      // A slow answer to an older question must not replace a newer one.
      if (own !== latest) return;
      for (const problem of now.problems) if (!told.includes(problem)) log.warn(problem);
      told = now.problems;
      known = now.untouchables;
      const isNew = textOf(now.names) !== textOf(names);
      names = now.names;
      if (isNew) await keep?.(names);
    },
  };
}

/** The white list with the last addresses in the place of names. */
function withoutNames(whiteList: readonly string[], names: Names): string[] {
  return whiteList.flatMap((item): readonly string[] =>
    parseNetwork(item) ? [item] : (names.get(item) ?? []),
  );
}

function textOf(names: Names): string {
  return JSON.stringify([...names]);
}
