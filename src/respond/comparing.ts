import type { Turn } from "./firewall.ts";

type InTurn = Turn["take"];

/** Compares that go on while others change things. */
export interface Comparing {
  /** A change of this network is under way. */
  note(network: string): void;
  /** Does `work` when no other compares. */
  compare<Result>(work: (turn: Turn) => Promise<Result>): Promise<Result>;
}

/** Of those who change things one at a time by `inTurn`. */
export function comparing(inTurn: InTurn): Comparing {
  let changed: Set<string> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const compare = async <Result>(work: (turn: Turn) => Promise<Result>) => {
    const own = new Set<string>();
    // In a turn, so that what is under way is over, and whatever begins later is noted.
    await inTurn(async () => {
      changed = own;
    });
    try {
      return await work({ take: inTurn, hasChanged: (network) => own.has(network) });
    } finally {
      changed = undefined;
    }
  };
  return {
    note: (network) => void changed?.add(network),
    compare(work) {
      const next = last.then(() => compare(work));
      last = next.catch(() => undefined);
      return next;
    },
  };
}
