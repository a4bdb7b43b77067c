import type { Event } from "../../core/event.ts";
import type { TextOf } from "../hashing.ts";

/** The parts that events have in keys: what they are called, and how they are read; undefined where an event lacks one. */
export type Parts = readonly (readonly [string, (event: Event) => string | undefined])[];

/** Reads the parts that a list of names chooses, in their own order. */
export interface KeyReader extends TextOf<Event> {
  /** The chosen parts with a mark between all parts, chosen or not. What the event lacks, and what is not chosen, is empty. */
  read(event: Event): string;
  hasAll(event: Event): boolean;
}

/** A reader whose texts are cut where they may have more bytes than OSSEC keeps. */
export function cutReader(
  reader: KeyReader,
  longest: number,
  cut: (text: string) => string,
): KeyReader {
  const most = longest / bytesPerUnit;
  const read = (event: Event) => {
    const text = reader.read(event);
    return text.length <= most ? text : cut(text);
  };
  return {
    read,
    hash(event, by, wanted) {
      const hash = reader.hash(event, by, wanted);
      return by.length <= most ? hash : by.begin(wanted).add(read(event)).value;
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
  const readerOf = (named: readonly string[]): KeyReader => {
    const made = known.get(named) ?? cut(keyReader(parts, mark, [...always, ...named]));
    known.set(named, made);
    return made;
  };
  let last: { readonly named: readonly string[]; readonly reader: KeyReader } | undefined;
  return (named) => {
    // Mostly the same as of the event before.
    if (last?.named !== named) last = { named, reader: readerOf(named) };
    return last.reader;
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
    hash(event, by, most) {
      by.begin(most);
      for (const { before, part } of steps) by.add(before).add(part(event) ?? "");
      return by.add(end).value;
    },
    read(event) {
      let key = "";
      for (const { before, part } of steps) key += before + (part(event) ?? "");
      return key + end;
    },
    hasAll: (event) => steps.every(({ part }) => part(event) !== undefined),
  };
}
