import { type CharSet, hasChar } from "../chars.ts";

/** Characters that no set of a pattern tells apart, numbered from 0. */
export interface CharClasses {
  /**
   * What stands for a UTF-16 code unit in tables: each ASCII character for itself, then one number for each class. So
   * the most common texts need no look-up.
   */
  letter(code: number): number;
  /** How many of these numbers there are. */
  readonly letters: number;
  readonly classOf: (letter: number) => number;
  /** For each class the positions, numbers in `sets`, whose set has it, in order. */
  readonly positions: readonly (readonly number[])[];
  /** For each class one of its characters. */
  readonly samples: readonly number[];
}

/** Below are the characters of ASCII. */
const wide = 0x80;

export function classify(sets: readonly CharSet[], others: readonly CharSet[] = []): CharClasses {
  const distinct = new Map<string, { readonly set: CharSet; readonly positions: number[] }>();
  sets.forEach((set, position) => {
    const key = set.join();
    const known = distinct.get(key);
    if (known) known.positions.push(position);
    else distinct.set(key, { set, positions: [position] });
  });
  for (const set of others) distinct.set(`other ${set.join()}`, { set, positions: [] });
  const members = [...distinct.values()];
  const starts = startsOf(members.map(({ set }) => set));
  const { classes, samples } = number(
    starts,
    members.map(({ set }) => set),
  );
  const of = (code: number) => classes[segment(starts, code)] ?? 0;
  const positions = samples.map((sample) =>
    members
      .flatMap((member) => (hasChar(member.set, sample) ? member.positions : []))
      .sort((a, b) => a - b),
  );
  return {
    letter: (code) => (code < wide ? code : wide + of(code)),
    letters: wide + samples.length,
    classOf: (letter) => (letter < wide ? of(letter) : letter - wide),
    positions,
    samples,
  };
}

/** Where any of the sets begins or ends: between these places all characters are alike. */
function startsOf(sets: readonly CharSet[]): number[] {
  const starts = new Set([0]);
  for (const set of sets) {
    for (const [at, bound] of set.entries()) starts.add(at % 2 === 0 ? bound : bound + 1);
  }
  starts.delete(0x10000);
  return [...starts].sort((a, b) => a - b);
}

function number(starts: readonly number[], sets: readonly CharSet[]) {
  const known = new Map<string, number>();
  const samples: number[] = [];
  const classes = starts.map((start) => {
    const key = sets.map((set) => (hasChar(set, start) ? "1" : "0")).join("");
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, samples.length);
    return samples.push(start) - 1;
  });
  return { classes, samples };
}

/** The last index whose start is not behind `code`. */
function segment(starts: readonly number[], code: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= code) low = middle;
    else high = middle - 1;
  }
  return low;
}
