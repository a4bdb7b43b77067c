import type { Change, Firewall } from "../firewall.ts";

/** Drops nothing and tells what it would: for development without root. Entries end as they would in the kernel. */
export function nullFirewall(family: 4 | 6, say: (message: string) => void): Firewall {
  const ends = new Map<string, number>();
  const make = (change: Change) => {
    if (change.verb === "delete") return ends.delete(change.network);
    return ends.set(change.network, Date.now() + change.seconds * 1000);
  };
  return {
    name: "null",
    family,
    prepare: async () => [],
    async apply(changes) {
      for (const change of changes) make(change);
      const [first] = changes;
      if (first)
        say(`null firewall: ${first.verb} ${first.network} and ${changes.length - 1} more`);
    },
    async list() {
      const now = Date.now();
      return new Map(
        [...ends]
          .filter(([, end]) => end > now)
          .map(([network, end]) => [network, Math.ceil((end - now) / 1000)]),
      );
    },
  };
}
