import { type Change, type Firewall, overlapping } from "../firewall.ts";
import { driftOf } from "./drift.ts";

/** Drops nothing and tells what it would: for development without root. Entries end as they would in the kernel. */
export function nullFirewall(family: 4 | 6, say: (message: string) => void): Firewall {
  const ends = new Map<string, number>();
  const make = (change: Change) => {
    if (change.verb === "delete") return ends.delete(change.network);
    return ends.set(change.network, Date.now() + change.seconds * 1000);
  };
  const list = () => {
    const now = Date.now();
    const live = [...ends].filter(([, end]) => end > now);
    return new Map(live.map(([network, end]) => [network, Math.ceil((end - now) / 1000)]));
  };
  return {
    name: "null",
    family,
    async reconcile({ drop }) {
      const { changes, words } = driftOf(list(), await drop());
      for (const change of changes) make(change);
      return [...words];
    },
    async apply(changes) {
      for (const change of changes) make(change);
      const [first] = changes;
      if (first)
        say(`null firewall: ${first.verb} ${first.network} and ${changes.length - 1} more`);
    },
    allow: async (networks) => say(`null firewall: never drops ${networks.join(" ")}`),
    list: async () => list(),
    find: async (some) => overlapping(list(), some),
  };
}
