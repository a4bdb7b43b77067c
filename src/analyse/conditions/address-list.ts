import ipaddr from "ipaddr.js";
import { type Address, parseAddress } from "../../core/address.ts";
import { Failure } from "../../core/failure.ts";
import { networkOf, overlaps, parseNetwork } from "../../core/network.ts";
import { ipv4Network, ipv4Number, masked } from "./ipv4.ts";

/**
 * Compiles the `<srcip>` or `<dstip>` elements of a rule: `[!]ADDRESS[/BITS]` or `[!]any` each. The first one that
 * contains the address decides; where none does, an address fits if the last one is negated. An event without a valid
 * address fits nothing. `compatible` reads what OSSEC reads (`validate_op.c`): "10.1" for 10.0.0.1, behind the slash any
 * three characters, of which the leading digits count, and zero bits for every address of either family. Throws a `Failure`
 * for an entry that is no address.
 */
export function addressList(
  entries: readonly string[],
  compatible: boolean,
): (address: Address | undefined) => boolean {
  const list = entries.map((text) => readEntry(text, compatible));
  const otherwise = list.at(-1)?.isNegated ?? false;
  return (address) => {
    if (address === undefined) return false;
    const number = ipv4Number(address);
    for (const { contains, isNegated } of list) {
      if (contains(address, number)) return !isNegated;
    }
    return otherwise;
  };
}

/** Whether an entry contains an address, which is given by its number too, if it is one of IPv4. */
type Contains = (address: Address, number: number) => boolean;

function readEntry(text: string, compatible: boolean) {
  const isNegated = text.startsWith("!");
  const place = isNegated ? text.slice(1) : text;
  const contains = place === "any" ? always : (compatible && readLoosely(place)) || read(place);
  if (contains) return { isNegated, contains };
  const expected =
    'expected an address, a network (192.0.2.0/24) or any, with "!" for its opposite';
  throw new Failure(`is "${text}", ${expected}`);
}

const always: Contains = () => true;

function read(text: string): Contains | undefined {
  const network = parseNetwork(text);
  if (!network) return undefined;
  const { base, mask } = ipv4Network(network.text) ?? { base: Number.NaN, mask: 0 };
  if (!Number.isNaN(base))
    return (_address, number) => number >= 0 && masked(number, mask) === base;
  return (address, number) => Number.isNaN(number) && overlaps(network, networkOf(address, 128));
}

function readLoosely(text: string): Contains | undefined {
  const [head = "", tail, ...more] = text.split("/");
  if (more.length > 0 || (tail?.length ?? 0) > 3 || !ipaddr.isValid(head)) return undefined;
  const address = parseAddress(ipaddr.process(head).toString());
  if (!address || tail === undefined) return address && read(address);
  const bits = Number.parseInt(tail, 10) || 0;
  return bits === 0 ? always : read(`${address}/${bits}`);
}
