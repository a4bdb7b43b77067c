import { openStarts } from "../../pattern/starts.ts";
import type { Decoder } from "./decoder.ts";

/** Program names that are remembered; anybody can make up new ones. */
const mostPrograms = 2000;
const longestProgram = 64;

/** Remembers which of the decoders ask for a program of that name, so that their patterns run once for each name. */
export function candidatesByProgram<T extends { readonly decoder: Decoder }>(
  decoders: readonly T[],
): (program: string) => readonly T[] {
  const remembered = new Map<string, readonly T[]>();
  return (program) => {
    const known = remembered.get(program);
    if (known) return known;
    const found = decoders.filter(({ decoder }) => decoder.program?.test(program));
    if (program.length > longestProgram) return found;
    if (remembered.size >= mostPrograms) remembered.clear();
    remembered.set(program, found);
    return found;
  };
}

/** Tells which of some decoders have a prematch that may fit, by the first characters of the text it looks at. */
export interface Sieve {
  /** Looks at a message, and at what stands behind the parent's prematch; `next` then speaks of these. */
  read(log: string, behind: string): void;
  /** The number of the first of them that may fit, from that number on; -1 when there is none. */
  next(from: number): number;
}

export function openSieve(decoders: readonly (Decoder | undefined)[]): Sieve {
  const isBehind = (one: Decoder | undefined) => one?.prematchAfterParent === true;
  const whole = openStarts(decoders.map((one) => (isBehind(one) ? undefined : one?.prematch)));
  const behind = openStarts(decoders.map((one) => (isBehind(one) ? one?.prematch : undefined)));
  if (!decoders.some(isBehind)) return whole;
  return {
    read(log, rest) {
      whole.read(log);
      behind.read(rest);
    },
    next(from) {
      let at = whole.next(from);
      while (at >= 0) {
        const other = behind.next(at);
        if (other <= at) return other;
        at = whole.next(other);
      }
      return at;
    },
  };
}
