import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { z } from "zod";

/** One IP address in canonical text form (RFC 5952; IPv4-mapped IPv6 as IPv4). Only `parseAddress` makes one. */
export type Address = string & { readonly __brand: "Address" };

/**
 * Returns the canonical address, or undefined when `text` is not exactly one IP address.
 * Asks node:net first: ipaddr.js alone would read "010.0.0.1" as 8.0.0.1 and accept zone ids.
 */
export function parseAddress(text: string): Address | undefined {
  const family = isIP(text);
  if (family === 0 || text.includes("%")) return undefined;
  // node:net takes exactly four decimal numbers without leading zeros, which is the canonical form already.
  if (family === 4) return text as Address;
  return ipaddr.process(text).toString() as Address;
}

export const AddressSchema = z.string().transform((text, context) => {
  const address = parseAddress(text);
  if (address) return address;
  context.addIssue({ code: "custom", message: `not an IP address: ${text}` });
  return z.NEVER;
});

export function familyOf(address: Address): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}
