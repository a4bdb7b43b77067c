import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../../core/finding.ts";
import type { BytePath } from "../../integrity/entry.ts";
import type { Judge } from "../../integrity/judge.ts";
import {
  type KnownModules,
  type LoadedModule,
  openModules,
} from "../../integrity/modules/modules.ts";
import { moduleFindings, ownedBy } from "../../integrity/modules/words.ts";

interface Means {
  readonly root: string;
  readonly proc: string;
  readonly before: KnownModules | undefined;
  readonly owners: Judge["owners"];
  readonly tell: (findings: readonly Finding[]) => void;
  /** Keeps which modules are known for the next life. */
  readonly keep: (known: KnownModules) => void;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

const betweenLooks = 3000;

/** Looks every few seconds which modules the kernel has, and tells of new ones, until the signal. */
export async function watchModules(means: Means): Promise<void> {
  const { before, keep, signal } = means;
  const modules = openModules(means);
  if (!modules) return;
  const strange = new Set<string>();
  let mustKeep = before?.boot !== modules.known().boot;
  while (!signal.aborted) {
    const loaded = modules.look();
    if (loaded.length > 0) await tellOf(loaded, strange, means);
    if (loaded.length > 0 || mustKeep) keep(modules.known());
    mustKeep = false;
    modules.forgetUnloaded(strange);
    await sleep(betweenLooks, undefined, { signal }).catch(() => undefined);
  }
}

/** Adds to `strange` those of no package. */
async function tellOf(
  loaded: readonly LoadedModule[],
  strange: Set<string>,
  { owners, tell, clock }: Means,
): Promise<void> {
  const known = await ownersOf(loaded, owners);
  for (const one of loaded) if (ownedBy(one, known) === undefined) strange.add(one.name);
  tell(moduleFindings(loaded, known, clock()));
}

async function ownersOf(
  loaded: readonly LoadedModule[],
  owners: Judge["owners"],
): Promise<ReadonlyMap<BytePath, string>> {
  const paths = loaded.flatMap(({ path }) => (path === undefined ? [] : [path]));
  return await owners(paths).catch(() => new Map<BytePath, string>());
}
