import { setTimeout as delay } from "node:timers/promises";
import type { Syscheck } from "../../config/syscheck-settings.ts";
import type { Log } from "../../core/log.ts";
import type { BytePath } from "../../integrity/entry.ts";
import type { StatusFacts } from "../../integrity/serve/request.ts";
import { watch } from "../../integrity/watch/watch.ts";

interface Means {
  readonly root: string;
  readonly settings: Syscheck;
  readonly isEarly: () => boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Something happened to these. */
  readonly suspect: (paths: Iterable<BytePath>) => void;
  /** What happened before now nobody has seen. `isAgain`: though it had been watched. */
  readonly onReady: (isAgain: boolean) => void;
  /** Something was missed: it is found by looking at everything. */
  readonly onMissed: () => void;
}

/** Sees changes as they happen, as far as the system lets it. */
export interface Sight {
  /** How many folders are watched now; why not all of them. */
  facts(): StatusFacts["realtime"];
  /** Watches anew what is there by now: other folders are there than those that it watches. */
  again(): void;
  /** Resolves after the signal, when nothing is watched any more. */
  readonly ended: Promise<void>;
}

export function openSight(means: Means): Sight {
  const { settings, isEarly, signal } = means;
  let folders = () => 0;
  let problem: string | undefined = isEarly() ? "this server is still being set up" : "it begins";
  let ending = new AbortController();
  const see = async (isAgain: boolean) => {
    ending = new AbortController();
    let limit: string | undefined;
    const seen = watch({
      ...means,
      signal: AbortSignal.any([signal, ending.signal]),
      onReady: (count) => {
        [folders, problem] = [count, limit];
        means.onReady(isAgain);
      },
      onGap: (gap) => {
        means.onMissed();
        if (gap.kind === "limit") limit = problem = gap.reason;
      },
    });
    for await (const paths of seen) means.suspect(paths);
  };
  const seeing = async () => {
    while (isEarly() && !signal.aborted) await delay(500, undefined, { signal }).catch(() => {});
    for (let times = 0; !signal.aborted; times += 1) await see(times > 0);
  };
  return {
    facts: () => ({ folders: folders(), ...(problem !== undefined && { problem }) }),
    again() {
      problem = "it begins anew";
      ending.abort();
    },
    ended: settings.disabled ? Promise.resolve() : seeing(),
  };
}
