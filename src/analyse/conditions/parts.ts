import type { Event } from "../../core/event.ts";

/** The parts that events have in keys: what they are called, and how they are read; undefined where an event lacks one. */
export type Parts = readonly (readonly [string, (event: Event) => string | undefined])[];

/** Reads the parts that a list of names chooses, in their own order. */
export interface KeyReader {
  /** The chosen parts with a mark between all parts, chosen or not. What the event lacks, and what is not chosen, is empty. */
  read(event: Event): string;
  hasAll(event: Event): boolean;
}

/** Makes what gives the reader for a list of names, which is made once for each list. `always` is chosen with any of them. */
export function keyReaders(
  parts: Parts,
  mark: string,
  always: readonly string[] = [],
): (named: readonly string[]) => KeyReader {
  const known = new WeakMap<readonly string[], KeyReader>();
  return (named) => {
    const before = known.get(named);
    if (before) return before;
    const made = keyReader(parts, mark, [...always, ...named]);
    known.set(named, made);
    return made;
  };
}

function keyReader(parts: Parts, mark: string, named: readonly string[]): KeyReader {
  const steps: { readonly before: string; readonly part: Parts[number][1] }[] = [];
  let before = "";
  for (const [place, [name, part]] of parts.entries()) {
    if (place > 0) before += mark;
    if (!named.includes(name)) continue;
    steps.push({ before, part });
    before = "";
  }
  const end = before;
  return {
    read(event) {
      let key = "";
      for (const step of steps) key += step.before + (step.part(event) ?? "");
      return key + end;
    },
    hasAll: (event) => steps.every(({ part }) => part(event) !== undefined),
  };
}
