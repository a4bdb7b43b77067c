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
  if (text.length > "255.255.255.255".length) return false;
  let dots = 0;
  let number = none;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      dots += isByte(number) ? 1 : 4;
      number = none;
    } else {
      number = withDigit(number, code - zero);
    }
  }
  return dots === 3 && isByte(number);
}

function withDigit(number: number, digit: number): number {
  if (digit < 0 || digit > 9 || number === 0 || number > 255) return tooMuch;
  return number === none ? digit : number * 10 + digit;
}

function isByte(number: number): boolean {
  return number !== none && number <= 255;
}

/** What has no digit yet. */
const none = -1;
const tooMuch = 256;
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
