import type { KeptList } from "../config/untouchables/kept-list.ts";
import type { Untouchable } from "../config/untouchables.ts";
import { type Network, overlaps } from "../core/network.ts";
import type { Sessions } from "./sessions.ts";

/** Says no where a block would hit the owner. */
export interface Guard {
  /** Why `network` must not be blocked, or undefined when it may. Knows nothing and refuses all before the first refresh. */
  refusal(network: Network): string | undefined;
  /** Everything that must not be blocked at this moment; nothing before the first refresh. */
  untouchables(): readonly Untouchable[];
}

export function createGuard(list: KeptList, sessions: Sessions): Guard {
  return {
    refusal(network) {
      if (!list.untouchables) return "what must not be blocked is not known yet";
      const protector =
        list.protectorOf(network) ??
        sessions.untouchables().find((session) => overlaps(session.network, network));
      if (!protector) return undefined;
      return `${network.text} is never blocked: ${protector.reason} (${protector.network.text})`;
    },
    untouchables() {
      return list.untouchables ? [...list.untouchables, ...sessions.untouchables()] : [];
    },
  };
}
