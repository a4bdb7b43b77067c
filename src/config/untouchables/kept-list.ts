import type { Log } from "../../core/log.ts";
import type { Network } from "../../core/network.ts";
import {
  type Listed,
  listUntouchables,
  type Names,
  protectorOf,
  type Untouchable,
  untouchablesNow,
} from "../untouchables.ts";
import type { Facts } from "./facts.ts";

/** What is never blocked, as one process keeps it up to date. */
export interface KeptList {
  /** Undefined before the first refresh. */
  readonly untouchables: readonly Untouchable[] | undefined;
  /** The entry that stands in the way of a block of `network`, if any. */
  protectorOf(network: Network): Untouchable | undefined;
  /** Computes the list anew. Never rejects: what cannot be found out is logged, and what was known of it stays. */
  refresh(whiteList: readonly string[]): Promise<void>;
  /** The same without asking a resolver: names stand for the addresses they last had. Takes a millisecond. */
  look(whiteList: readonly string[]): Promise<void>;
  /** Whether this machine's addresses, gateways, resolvers or files say something else than at the last refresh. */
  hasChanged(): Promise<boolean>;
}

interface Knowledge {
  readonly facts: Facts;
  readonly log: Log;
  /** The addresses of names when they last resolved, from an earlier life. */
  readonly names?: Names | undefined;
  /** Is told of the names' addresses whenever they have changed. Never rejects. */
  readonly keep?: ((names: Names) => Promise<void>) | undefined;
}

/** A name that does not resolve keeps its last addresses: a broken resolver must not lock anybody out. */
export function keepList({ facts, log, names: first = new Map(), keep }: Knowledge): KeptList {
  let names = first;
  let known: readonly Untouchable[] | undefined;
  let wanted: readonly string[] = [];
  let latest = 0;
  let answered = 0;
  let told: readonly string[] = [];
  let stamp = "";
  const look = async (whiteList: readonly string[]) => {
    wanted = whiteList;
    known = await untouchablesNow(whiteList, names, facts);
    stamp = stampOf(known);
  };
  const take = async ({ names: resolved, problems }: Listed, isLatest: boolean) => {
    for (const problem of problems) if (!told.includes(problem)) log.warn(problem);
    told = problems;
    // An answer to an older question knows nothing of names that are wanted since.
    const now = isLatest ? resolved : new Map([...names, ...resolved]);
    const isNew = textOf(now) !== textOf(names);
    names = now;
    await look(wanted);
    if (isNew) await keep?.(names);
  };
  return {
    get untouchables() {
      return known;
    },
    look,
    protectorOf: (network) => protectorOf(network, known ?? []),
    async refresh(whiteList) {
      latest += 1;
      const own = latest;
      // Names may take long to resolve; what needs no resolver is known at once.
      await look(whiteList);
      const listed = await listUntouchables(whiteList, names, facts);
      // A slow answer to an older question must not replace a newer one.
      if (own < answered) return;
      answered = own;
      await take(listed, own === latest);
    },
    hasChanged: async () => stampOf(await untouchablesNow(wanted, names, facts)) !== stamp,
  };
}

function stampOf(list: readonly Untouchable[]): string {
  return list.map(({ network, reason }) => `${network.text} ${reason}`).join("\n");
}

function textOf(names: Names): string {
  return JSON.stringify([...names]);
}
