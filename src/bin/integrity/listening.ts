import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../../core/finding.ts";
import type { Judge } from "../../integrity/judge.ts";
import { type Listener, openListeners } from "../../integrity/listeners/listeners.ts";
import { listenerFindings } from "../../integrity/listeners/words.ts";
import { readNames } from "../../integrity/words/names.ts";

interface Means {
  readonly root: string;
  readonly proc: string;
  readonly before: readonly Listener[] | undefined;
  readonly owners: Judge["owners"];
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
  const { proc, before, keep, signal } = means;
  const listeners = openListeners({ proc, before, firstHandedOut: firstHandedOut(proc) });
  let isFirst = before === undefined;
  while (!signal.aborted) {
    const begun = performance.now();
    const changes = listeners.look();
    const isNews = changes.opened.length + changes.closed.length > 0;
    if (isNews || isFirst) keep(listeners.known());
    isFirst = false;
    if (isNews) await tellOf(changes, means);
    const took = performance.now() - begun;
    const pause = Math.max(betweenLooks, took / mostShare);
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function tellOf(
  changes: { opened: readonly Listener[]; closed: readonly Listener[] },
  { root, owners, tell, clock }: Means,
): Promise<void> {
  const all = [...changes.opened, ...changes.closed];
  const programs = all.map(({ program }) => program).filter((program) => program !== "");
  const known = await owners(programs).catch(() => new Map<string, string>());
  const names = readNames(root);
  const named = ({ program, uid }: Listener) => ({
    package: known.get(program),
    account: names.user(uid),
  });
  tell(listenerFindings(changes, named, clock()));
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
