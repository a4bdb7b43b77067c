import { type Address, parseAddress } from "../../core/address.ts";
import { networkOf, parseNetwork } from "../../core/network.ts";
import { readList } from "./list-file.ts";

/** What a list knows. */
export interface List {
  /** The value of a key; undefined when the list does not have it. */
  get(key: string): string | undefined;
  /** The value of the entry that an address belongs to; undefined when there is none. */
  ofAddress(text: string): string | undefined;
}

/**
 * Opens a list of keys and values, see `readList`. An address belongs to the entry of its own text, and else to one of the
 * part of it up to a dot ("192.0.2."). Ours also knows networks ("192.0.2.0/24", "2001:db8::/32") and every way to write an
 * address; the narrowest entry wins. Throws a `Failure` when it cannot be read.
 */
export function openList(file: string, compatible: boolean): List {
  const entries = readList(file, compatible);
  const get = (key: string) => entries.get(key);
  if (compatible) return { get, ofAddress: (text) => get(text) ?? ofPrefix(entries, text) };
  const networks = networksIn(entries);
  return {
    get,
    ofAddress(text) {
      const exact = get(text);
      if (exact !== undefined) return exact;
      const address = parseAddress(text);
      return (address && ofNetwork(networks, address)) ?? ofPrefix(entries, text);
    },
  };
}

/** "1.2.3." before "1.2." and "1.". */
function ofPrefix(entries: ReadonlyMap<string, string>, text: string): string | undefined {
  for (let dot = text.lastIndexOf("."); dot > 0; dot = text.lastIndexOf(".", dot - 1)) {
    const value = entries.get(text.slice(0, dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The values of networks by family and bits, the narrowest first: one look-up for each width that occurs. */
type Networks = readonly {
  readonly bits: number;
  readonly isWide: boolean;
  readonly values: Map<string, string>;
}[];

function networksIn(entries: ReadonlyMap<string, string>): Networks {
  const found = new Map<string, { bits: number; isWide: boolean; values: Map<string, string> }>();
  for (const [key, value] of entries) {
    const network = /[/:]/.test(key) ? parseNetwork(key) : undefined;
    if (!network) continue;
    const isWide = network.base.kind() === "ipv6";
    const name = `${isWide} ${network.bits}`;
    const same = found.get(name) ?? { bits: network.bits, isWide, values: new Map() };
    if (!same.values.has(network.text)) same.values.set(network.text, value);
    found.set(name, same);
  }
  return [...found.values()].toSorted((a, b) => b.bits - a.bits);
}

function ofNetwork(networks: Networks, address: Address): string | undefined {
  for (const { bits, isWide, values } of networks) {
    if (isWide !== address.includes(":")) continue;
    const value = values.get(networkOf(address, bits).text);
    if (value !== undefined) return value;
  }
  return undefined;
}
