import type { Address } from "../core/address.ts";
import { networkOf, overlaps, parseNetwork } from "../core/network.ts";

/** Whether an address is ours: it is never an offender. */
export type IsOurs = (address: Address) => boolean;

const always = ["127.0.0.0/8", "::1", "0.0.0.0", "::"];
const maxRemembered = 10_000;

/**
 * Ours are this machine's own addresses, loopback and the networks of `<home_net>`. What is no network is left out: the
 * settings were checked when they were read.
 */
export function homeOf(own: readonly Address[], networks: readonly string[]): IsOurs {
  const ownAddresses = new Set(own);
  const homes = [...always, ...networks].flatMap((text) => parseNetwork(text) ?? []);
  const known = new Map<Address, boolean>();
  const isIn = (address: Address) => {
    const alone = networkOf(address, address.includes(":") ? 128 : 32);
    return homes.some((home) => overlaps(home, alone));
  };
  return (address) => {
    if (ownAddresses.has(address)) return true;
    const before = known.get(address);
    if (before !== undefined) return before;
    const now = isIn(address);
    if (known.size >= maxRemembered) known.clear();
    known.set(address, now);
    return now;
  };
}
