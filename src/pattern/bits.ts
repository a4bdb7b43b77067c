/** Sets of small numbers, as bits of 32-bit words. */

export function setBit(bits: Int32Array, number: number): void {
  bits[number >> 5] = (bits[number >> 5] ?? 0) | (1 << (number & 31));
}

/** The least number of the set that is not less than `from`; -1 when there is none. */
export function nextBit(bits: Int32Array, from: number): number {
  let word = from >> 5;
  if (word >= bits.length) return -1;
  let found = (bits[word] ?? 0) & (-1 << (from & 31));
  while (found === 0 && ++word < bits.length) found = bits[word] ?? 0;
  return found === 0 ? -1 : word * 32 + 31 - Math.clz32(found & -found);
}
