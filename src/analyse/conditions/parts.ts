import type { Event } from "../../core/event.ts";

/** A part of an event; undefined where the event lacks it. */
export type Part = (event: Event) => string | undefined;

/** Parts of an event and what they are called, in the order in which they make a key. */
export type Parts = readonly (readonly [string, Part])[];

/** For each of `parts`, in order, the part where its name is among `named`, else undefined: found once for each list of names. */
export function chooser(parts: Parts): (named: readonly string[]) => readonly (Part | undefined)[] {
  const known = new WeakMap<readonly string[], readonly (Part | undefined)[]>();
  return (named) => {
    const before = known.get(named);
    if (before) return before;
    const chosen = parts.map(([name, part]) => (named.includes(name) ? part : undefined));
    known.set(named, chosen);
    return chosen;
  };
}
