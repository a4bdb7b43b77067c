/** An IPv4 network as a number and the mask of the bits that count. */
export interface Ipv4Network {
  readonly base: number;
  readonly mask: number;
}

/**
 * The number of an IPv4 address in its canonical text, up to `end`; NaN for anything else. Rules look up an address with
 * every event, and general readers of addresses take a microsecond and more.
 */
export function ipv4Number(text: string, end: number = text.length): number {
  let number = 0;
  let start = 0;
  for (let part = 1; part <= 4; part++) {
    const stop = part < 4 ? text.indexOf(".", start) : end;
    number = number * 256 + octet(text, start, stop);
    start = stop + 1;
  }
  return number;
}

function octet(text: string, start: number, stop: number): number {
  if (stop <= start) return Number.NaN;
  let value = 0;
  for (let index = start; index < stop; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  const isCanonical = value < 256 && (stop === start + 1 || text.charCodeAt(start) !== 0x30);
  return isCanonical ? value : Number.NaN;
}

/** Reads "192.0.2.0/24", clearing what does not belong to the network, or an address alone; undefined for other text. */
export function ipv4Network(text: string): Ipv4Network | undefined {
  const slash = text.indexOf("/");
  const number = ipv4Number(text, slash < 0 ? text.length : slash);
  if (Number.isNaN(number)) return undefined;
  const bits = slash < 0 ? "32" : text.slice(slash + 1);
  if (!/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  const mask = maskOf(Number(bits));
  return { base: masked(number, mask), mask };
}

function maskOf(bits: number): number {
  return bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0;
}

export function masked(number: number, mask: number): number {
  return (number & mask) >>> 0;
}
