import { type Address, familyOf } from "../../core/address.ts";
import { networkOf } from "../../core/network.ts";

/**
 * Whom a block is counted for: an IPv4 address, or the /48 around an IPv6 address. Many a customer has a whole /48
 * (RFC 6177); counted by the /64 that is blocked, one alone could trip the breaker, and so disarm it, whenever it likes.
 */
export function ownerOf(address: Address): string {
  return familyOf(address) === 4 ? address : networkOf(address, 48).text;
}

/** The narrowest first: what trips should stop as little else as can be. */
export function scopesOf({ rule, address }: { readonly rule: number; readonly address: Address }) {
  return [
    { kind: "network", name: networkOf(address, familyOf(address) === 4 ? 16 : 32).text },
    { kind: "rule", name: `${rule}` },
    { kind: "all", name: "all" },
  ] as const;
}
