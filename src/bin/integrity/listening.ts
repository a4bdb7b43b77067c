import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../../core/finding.ts";
import type { Judge } from "../../integrity/judge.ts";
import type { Listener } from "../../integrity/listeners/listener.ts";
import { type ListenerChanges, openListeners } from "../../integrity/listeners/listeners.ts";
import { countOf, openNews } from "../../integrity/listeners/news.ts";
import type { Named } from "../../integrity/listeners/words.ts";
import { readNames } from "../../integrity/words/names.ts";

interface Means {
  readonly root: string;
  readonly proc: string;
  readonly before: readonly Listener[] | undefined;
  readonly owners: Judge["owners"];
  readonly justInstalled: Judge["justInstalled"];
  readonly tell: (findings: readonly Finding[]) => void;
  /** Keeps who listens for the next life. */
  readonly keep: (known: readonly Listener[]) => void;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

const betweenLooks = 3000;
/** On a server with very many connections a look takes long: it takes no more than this part of the time. */
const mostShare = 0.01;

/** Looks every few seconds who listens, and tells what opened and closed, until the signal. */
export async function watchListeners(means: Means): Promise<void> {
  const { proc, before, keep, tell, clock, signal } = means;
  const news = openNews((all) => namesFor(all, means));
  const listeners = openListeners({ proc, before, firstHandedOut: firstHandedOut(proc) });
  let isFirst = before === undefined;
  // One look that has to ask whose a new socket is takes longer, and what comes next is not to wait for it.
  let tookBefore = 0;
  while (!signal.aborted) {
    const begun = performance.now();
    const changes = listeners.look();
    const took = performance.now() - begun;
    const isNews = countOf(changes) > 0;
    if (isNews || isFirst) keep(listeners.known());
    isFirst = false;
    tell(await news(changes, clock(), performance.now()));
    const pause = Math.max(betweenLooks, Math.min(took, tookBefore) / mostShare);
    tookBefore = took;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function namesFor(
  { opened, reopened, closed }: ListenerChanges,
  { root, owners, justInstalled }: Pick<Means, "root" | "owners" | "justInstalled">,
): Promise<(listener: Listener) => Named> {
  const programs = [...opened, ...reopened, ...closed].map(programOf);
  const wanted = [...new Set(programs)].filter((program) => program !== "");
  const known = await owners(wanted).catch(() => new Map<string, string>());
  const nothing = new Map<string, string>();
  const installed = await justInstalled(new Set(known.values())).catch(() => nothing);
  const names = readNames(root);
  return (listener) => {
    const owner = known.get(programOf(listener));
    return {
      package: owner,
      installedBy: installed.get(owner ?? ""),
      account: names.user(listener.uid),
    };
  };
}

/** Where it was, if it is there no more. */
function programOf({ program }: Listener): string {
  return program.replace(/ \(deleted\)$/, "");
}

/** Of net.ipv4.ip_local_port_range; the kernel's own default where it cannot be read. */
function firstHandedOut(proc: string): number {
  try {
    const range = readFileSync(join(proc, "sys/net/ipv4/ip_local_port_range"), "latin1");
    return Number(/^\d+/.exec(range)?.[0] ?? 32_768);
  } catch {
    return 32_768;
  }
}
