import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import * as z from "zod";

/** One IP address in canonical text form (RFC 5952; IPv4-mapped IPv6 as IPv4). Only `parseAddress` makes one. */
export type Address = string & { readonly __brand: "Address" };

/**
 * Returns the canonical address, or undefined when `text` is not exactly one IP address.
 * Asks node:net first: ipaddr.js alone would read "010.0.0.1" as 8.0.0.1 and accept zone ids.
 */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return text as Address;
  // Else node:net decides: an IPv4 address that is none above is none to it either.
  if (isIP(text) === 0 || text.includes("%")) return undefined;
  return ipaddr.process(text).toString() as Address;
}

/**
 * Whether the text is four decimal numbers without leading zeros, which is the canonical form: what node:net says, without
 * its regular expression, for each alert asks it.
 */
function isIPv4(text: string): boolean {
  let dots = 0;
  let digits = 0;
  let number = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === dot && digits > 0) {
      dots += 1;
      digits = 0;
      number = 0;
      continue;
    }
    if (code < zero || code > zero + 9 || (digits > 0 && number === 0)) return false;
    digits += 1;
    number = number * 10 + code - zero;
    if (number > 255) return false;
  }
  return dots === 3 && digits > 0;
}

const zero = 48;
const dot = 46;

export const AddressSchema = z.string().transform((text, context) => {
  const address = parseAddress(text);
  if (address) return address;
  context.addIssue({ code: "custom", message: `not an IP address: ${text}` });
  return z.NEVER;
});

export function familyOf(address: Address): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}
