import type { Event } from "../../core/event.ts";
import type { TextOf } from "../hashing.ts";

/** The parts that events have in keys: what they are called, and how they are read; undefined where an event lacks one. */
export type Parts = readonly (readonly [string, (event: Event) => string | undefined])[];

/** Reads the parts that a list of names chooses, in their own order. */
export interface KeyReader extends TextOf<Event> {
  /** The chosen parts with a mark between all parts, chosen or not. What the event lacks, and what is not chosen, is empty. */
  read(event: Event, enough?: number): string;
  hasAll(event: Event): boolean;
}

/** A reader whose texts are cut where they may have more bytes than OSSEC keeps. */
export function cutReader(
  reader: KeyReader,
  longest: number,
  cut: (text: string) => string,
): KeyReader {
  const most = longest / bytesPerUnit;
  const read = (event: Event, enough?: number) => {
    const text = reader.read(event, enough);
    return text.length <= most ? text : cut(text);
  };
  return {
    read,
    hash(event, by) {
      const hash = reader.hash(event, by);
      return by.length <= most ? hash : by.of(read(event));
    },
    hasAll: reader.hasAll,
  };
}

/** No UTF-16 code unit takes more in UTF-8. */
const bytesPerUnit = 3;

/** Makes what gives the reader for a list of names, which is made once for each list. `always` is chosen with any of them; `cut` limits texts. */
export function keyReaders(
  parts: Parts,
  mark: string,
  {
    always = [],
    cut = (reader) => reader,
  }: {
    readonly always?: readonly string[];
    readonly cut?: ((reader: KeyReader) => KeyReader) | undefined;
  } = {},
): (named: readonly string[]) => KeyReader {
  const known = new WeakMap<readonly string[], KeyReader>();
  return (named) => {
    const before = known.get(named);
    if (before) return before;
    const made = cut(keyReader(parts, mark, [...always, ...named]));
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
    hash(event, by) {
      by.begin();
      for (const { before, part } of steps) by.add(before).add(part(event) ?? "");
      return by.add(end).value;
    },
    read(event, enough = Number.POSITIVE_INFINITY) {
      let key = "";
      for (const { before, part } of steps) {
        key += before + (part(event) ?? "");
        if (key.length >= enough) return key;
      }
      return key + end;
    },
    hasAll: (event) => steps.every(({ part }) => part(event) !== undefined),
  };
}
