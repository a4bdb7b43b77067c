import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { factsIn, type SignatureFacts, setsOfFacts } from "./facts.ts";
import { readSignature, signatureKey } from "./signature.ts";

/** The signatures of some rule files, by gid and sid. */
export interface Signatures {
  readonly count: number;
  /** Lines that are no signature, no comment and not empty. */
  readonly bad: number;
  find(gid: number, sid: number): SignatureFacts | undefined;
}

/**
 * Reads rule files of Suricata into eight bytes a signature. Throws where one cannot be read. Where files have different
 * signatures of one id, none of them is known: nobody can say which of them fired.
 */
export function readSignatures(files: readonly string[]): Signatures {
  const found: number[] = [];
  let bad = 0;
  const take = (line: string) => {
    if (line === "" || line.startsWith("#") || line.trim() === "") return;
    const read = readSignature(line);
    if (read) found.push(read.key * setsOfFacts + read.bits);
    else bad += 1;
  };
  for (const file of files) for (const line of linesOf(file)) take(line);
  const index = Float64Array.from(found).sort();
  return {
    count: index.reduce(
      (sum, one, at) => (at > 0 && isSame(one, index[at - 1]) ? sum : sum + 1),
      0,
    ),
    bad,
    find(gid, sid) {
      const start = signatureKey(gid, sid) * setsOfFacts;
      const first = index[placeOf(start, index)];
      const last = index[placeOf(start + setsOfFacts, index) - 1];
      return first !== undefined && first === last ? factsIn(first - start) : undefined;
    },
  };
}

/** Whether both are about one signature. */
function isSame(one: number, other: number | undefined): boolean {
  return Math.floor(one / setsOfFacts) === Math.floor((other ?? -1) / setsOfFacts);
}

/** Where the first is that is not below `wanted`. */
function placeOf(wanted: number, index: Float64Array): number {
  let [low, high] = [0, index.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((index[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The files named so: a file itself, or those in a folder whose names end in `.rules`. Those that are absent are left out. */
export function signatureFiles(places: readonly string[]): string[] {
  return places.flatMap((place) => {
    const stats = statSync(place, { throwIfNoEntry: false });
    if (stats?.isFile()) return [place];
    return stats?.isDirectory() ? rulesIn(place) : [];
  });
}

function rulesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".rules"));
  return names.sort().map((name) => join(folder, name));
}

const blockBytes = 64 * 1024;
/** A signature is a few hundred characters long; the longest lists of addresses have some thousands. */
const maxLine = 64 * 1024;

/** Yields each line, with one block of the file in memory at a time; a backslash at its end joins it with the next. */
function* linesOf(file: string): Generator<string> {
  const descriptor = openSync(file, "r");
  const block = Buffer.allocUnsafe(blockBytes);
  let rest = "";
  try {
    for (let size = 1; size > 0; ) {
      size = readSync(descriptor, block);
      const lines = (rest + block.toString("latin1", 0, size))
        .replaceAll(continued, " ")
        .split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
      if (rest.length <= maxLine) continue;
      yield rest;
      rest = "";
    }
    yield rest;
  } finally {
    closeSync(descriptor);
  }
}

const continued = /\\\r?\n/g;
