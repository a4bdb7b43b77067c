import ipaddr from "ipaddr.js";
import type { Address } from "../../core/address.ts";
import { parseAddress } from "../../core/address.ts";
import { Failure } from "../../core/failure.ts";
import { type Network, networkOf, overlaps, parseNetwork } from "../../core/network.ts";

interface Entry {
  readonly isNegated: boolean;
  /** Undefined for any address of either family. */
  readonly network: Network | undefined;
}

/**
 * Compiles the `<srcip>` or `<dstip>` elements of a rule: `[!]ADDRESS[/BITS]` or `[!]any` each. The first one that
 * contains the address decides; where none does, an address fits if the last one is negated. An event without a valid
 * address fits nothing. `compatible` reads what OSSEC reads (`validate_op.c`): "10.1" for 10.0.0.1, and behind the slash any
 * three characters, of which the leading digits count. Throws a `Failure` for an entry that is no address.
 */
export function addressList(
  entries: readonly string[],
  compatible: boolean,
): (address: Address | undefined) => boolean {
  const list = entries.map((text) => readEntry(text, compatible));
  const otherwise = list.at(-1)?.isNegated ?? false;
  return (address) => {
    if (address === undefined) return false;
    const asked = networkOf(address, address.includes(":") ? 128 : 32);
    const found = list.find(({ network }) => !network || overlaps(network, asked));
    return found ? !found.isNegated : otherwise;
  };
}

function readEntry(text: string, compatible: boolean): Entry {
  const isNegated = text.startsWith("!");
  const place = isNegated ? text.slice(1) : text;
  if (place === "any" || /\/0+$/.test(place)) return { isNegated, network: undefined };
  const network = parseNetwork(place) ?? (compatible ? readLoosely(place) : undefined);
  if (network) return { isNegated, network };
  const expected =
    'expected an address, a network (192.0.2.0/24) or any, with "!" for its opposite';
  throw new Failure(`is "${text}", ${expected}`);
}

function readLoosely(text: string): Network | undefined {
  const [head = "", tail, ...more] = text.split("/");
  if (more.length > 0 || (tail?.length ?? 0) > 3 || !ipaddr.isValid(head)) return undefined;
  const address = parseAddress(ipaddr.process(head).toString());
  if (!address) return undefined;
  const width = address.includes(":") ? 128 : 32;
  const bits = tail === undefined ? width : Number.parseInt(tail, 10) || 0;
  return bits <= width ? networkOf(address, bits) : undefined;
}
