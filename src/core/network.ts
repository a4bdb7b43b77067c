import ipaddr from "ipaddr.js";
import { type Address, parseAddress } from "./address.ts";

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;

/** A network: all addresses that share its first `bits` bits. A single address has 32 or 128 of them. */
export interface Network {
  readonly base: Parsed;
  readonly bits: number;
  /** Canonical text: an address alone, or "network/bits". */
  readonly text: string;
}

/**
 * Reads "192.0.2.1", "192.0.2.0/24" or "2001:db8::/32". Host bits are cleared.
 * Returns undefined for anything else (names, netmasks, zone ids).
 */
export function parseNetwork(text: string): Network | undefined {
  const [head = "", tail, ...more] = text.split("/");
  const address = parseAddress(head);
  if (!address || more.length > 0) return undefined;
  const width = address.includes(":") ? 128 : 32;
  if (tail === undefined) return networkOf(address, width);
  if (!/^\d{1,3}$/.test(tail)) return undefined;
  // "::ffff:192.0.2.0/120" is written against 128 bits but means an IPv4 network.
  const bits = head.includes(":") && width === 32 ? Number(tail) - 96 : Number(tail);
  return bits >= 0 && bits <= width ? networkOf(address, bits) : undefined;
}

/** The network of `bits` bits around an address, for example the /64 of an IPv6 address. */
export function networkOf(address: Address, bits: number): Network {
  const parsed = ipaddr.parse(address);
  const kind = parsed.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  // One address is its own network, and already canonical; masking it would cost ten times as much.
  if (bits === (parsed.kind() === "ipv4" ? 32 : 128)) return { base: parsed, bits, text: address };
  const base = kind.networkAddressFromCIDR(`${address}/${bits}`);
  return { base, bits, text: `${base.toString()}/${bits}` };
}

/** Whether the two networks share an address. Networks of different families never do. */
export function overlaps(a: Network, b: Network): boolean {
  if (a.base.kind() !== b.base.kind()) return false;
  const bits = Math.min(a.bits, b.bits);
  return a.base.match(b.base as never, bits);
}
