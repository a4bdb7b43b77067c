import { type Address, parseAddress } from "../../core/address.ts";
import { networkOf, parseNetwork } from "../../core/network.ts";
import { ipv4Network, ipv4Number, masked } from "./ipv4.ts";
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

/**
 * The values of networks by width, the narrowest first, so that an address takes one look-up for each width that occurs:
 * by mask and number for IPv4, by bits and text for IPv6.
 */
interface Networks {
  readonly ipv4: readonly (readonly [number, ReadonlyMap<number, string>])[];
  readonly ipv6: readonly (readonly [number, ReadonlyMap<string, string>])[];
}

function networksIn(entries: ReadonlyMap<string, string>): Networks {
  const ipv4 = new Map<number, Map<number, string>>();
  const ipv6 = new Map<number, Map<string, string>>();
  for (const [key, value] of entries) {
    if (!/[/:]/.test(key)) continue;
    const wide = key.includes(":") ? parseNetwork(key) : undefined;
    const network = ipv4Network(wide?.text ?? key);
    if (network) enter(ipv4, network.mask, network.base, value);
    else if (wide) enter(ipv6, wide.bits, wide.text, value);
  }
  return { ipv4: narrowestFirst(ipv4), ipv6: narrowestFirst(ipv6) };
}

/** Of two equal networks the first holds. */
function enter<T>(widths: Map<number, Map<T, string>>, width: number, network: T, value: string) {
  const values = widths.get(width) ?? new Map<T, string>();
  widths.set(width, values);
  if (!values.has(network)) values.set(network, value);
}

function narrowestFirst<T>(widths: ReadonlyMap<number, Map<T, string>>) {
  return [...widths].toSorted(([a], [b]) => b - a);
}

function ofNetwork({ ipv4, ipv6 }: Networks, address: Address): string | undefined {
  const number = ipv4Number(address);
  if (Number.isNaN(number)) {
    for (const [bits, values] of ipv6) {
      const value = values.get(networkOf(address, bits).text);
      if (value !== undefined) return value;
    }
    return undefined;
  }
  for (const [mask, values] of ipv4) {
    const value = values.get(masked(number, mask));
    if (value !== undefined) return value;
  }
  return undefined;
}
