/**
 * A set of UTF-16 code units: first and last of each range, in order, apart from one another. Never changed once made.
 * Patterns know no other characters: what UTF-16 writes with two units counts as two.
 */
export type CharSet = readonly number[];

const last = 0xffff;

export const anyChar: CharSet = [0, last];

/** The set of all ranges given as first and last, in any order. */
export function charSet(...bounds: readonly number[]): CharSet {
  const ranges: [number, number][] = [];
  for (let at = 0; at < bounds.length; at += 2) ranges.push([bounds[at] ?? 0, bounds[at + 1] ?? 0]);
  ranges.sort(([a], [b]) => a - b);
  const merged: number[] = [];
  for (const [from, to] of ranges) {
    const end = merged.at(-1) ?? -2;
    if (from > end + 1) merged.push(from, to);
    else merged[merged.length - 1] = Math.max(end, to);
  }
  return merged;
}

/** The set of the characters of `text`. */
export function charsOf(text: string): CharSet {
  return charSet(...[...text].flatMap((char) => [char.charCodeAt(0), char.charCodeAt(0)]));
}

export function union(...sets: readonly CharSet[]): CharSet {
  return charSet(...sets.flat());
}

export function negated(set: CharSet): CharSet {
  const bounds: number[] = [];
  let from = 0;
  for (let at = 0; at < set.length; at += 2) {
    const first = set[at] ?? 0;
    if (first > from) bounds.push(from, first - 1);
    from = (set[at + 1] ?? 0) + 1;
  }
  if (from <= last) bounds.push(from, last);
  return bounds;
}

export function hasChar(set: CharSet, code: number): boolean {
  for (let at = 0; at < set.length; at += 2) {
    if (code < (set[at] ?? 0)) return false;
    if (code <= (set[at + 1] ?? 0)) return true;
  }
  return false;
}

/** How many characters the set has. */
export function sizeOf(set: CharSet): number {
  let size = 0;
  for (let at = 0; at < set.length; at += 2) size += (set[at + 1] ?? 0) - (set[at] ?? 0) + 1;
  return size;
}

/** Which letters are the same when case does not matter: none, a-z and A-Z, or those of all scripts. */
export type Folding = "none" | "ascii" | "unicode";

/** One character, with its other cases. */
export function folded(code: number, folding: Folding): CharSet {
  if (folding === "none") return [code, code];
  if (code < 0x80) return (folding === "ascii" ? asciiCases : unicodeCases)[code] ?? [code, code];
  return folding === "ascii" ? [code, code] : casesOf(code);
}

/** A set with the other cases of its ASCII letters; of others, only those that fold to ASCII ones. */
export function foldedSet(set: CharSet, folding: Folding): CharSet {
  if (folding === "none") return set;
  const letters: number[] = [];
  for (let code = 0x41; code <= 0x5a; code++) {
    if (hasChar(set, code) || hasChar(set, code + 0x20)) letters.push(...folded(code, folding));
  }
  return union(set, letters);
}

// The Kelvin and Ångström signs and the long s are other cases of K, Å and S, which no conversion from K, Å or S tells.
const strays: ReadonlyMap<string, string> = new Map([
  ["k", "\u212A"],
  ["s", "\u017F"],
  ["\u00E5", "\u212B"],
]);

function casesOf(code: number): CharSet {
  const char = String.fromCharCode(code);
  const lower = char.toLowerCase();
  const cases = [char, lower, char.toUpperCase(), lower.toUpperCase(), strays.get(lower) ?? char];
  return charsOf(cases.filter((other) => other.length === 1).join(""));
}

function asciiCasesOf(code: number): CharSet {
  return /[a-z]/i.test(String.fromCharCode(code))
    ? charSet(code, code, code ^ 0x20, code ^ 0x20)
    : [code, code];
}

const ascii = Array.from({ length: 0x80 }, (_, code) => code);
const asciiCases: readonly CharSet[] = ascii.map(asciiCasesOf);
const unicodeCases: readonly CharSet[] = ascii.map(casesOf);
