import type { JoinCounts, Joiner } from "./joiner.ts";

/** Where a line stands: in which file, which `Place` keeps although the file may be found again as a copy. */
export interface Place {
  readonly file: object;
  readonly offset: number;
}

/** Lines that were read at once, with the bytes of each, and where the last of them ends in its file. */
export interface Reading {
  readonly lines: readonly string[];
  readonly lengths: readonly number[];
  readonly end: number;
}

/** The entries of one log, whose lines may be spread over its rotated files. `File` is any object that stands for one. */
export interface Entries<File extends object> {
  /**
   * Takes what was read of a file, and returns the entries that are whole now. To `offsets` is added where each of them
   * begins: where several are written at once, the first of these.
   */
  push(file: File, reading: Reading, now: number, offsets?: (number | undefined)[]): string[];
  expire(now: number): readonly string[];
  /** From where on a file must be read again to have every entry that was not handed over; undefined: none is in it. */
  heldFrom(file: File): number | undefined;
  /** Says that a file is gone and `copy` holds what was in it. */
  moved(file: File, copy: File): void;
  dueAt(): number | undefined;
  counts(): JoinCounts;
}

export function openEntries<File extends object>(joiner: Joiner<Place>): Entries<File> {
  const tokens = new WeakMap<File, object>();
  /** Files read since the oldest entry that is held began in another, each with where that was; in their order. */
  const since = new Map<object, number>();

  const tokenOf = (file: File): object => {
    const token = tokens.get(file) ?? {};
    tokens.set(file, token);
    return token;
  };
  const forget = () => {
    const held = joiner.heldFrom()?.file;
    if (held && !since.has(held)) return;
    for (const token of [...since.keys()]) {
      since.delete(token);
      if (token === held) return;
    }
  };

  return {
    push(file, reading, now, offsets) {
      const token = tokenOf(file);
      const start = reading.lengths.reduce((rest, length) => rest - length, reading.end);
      const held = joiner.heldFrom();
      if (held && held.file !== token && !since.has(token)) since.set(token, start);
      const whole = joined(joiner, { file: token, offset: start }, reading, now, offsets);
      forget();
      return whole;
    },
    expire(now) {
      const whole = joiner.expire(now);
      forget();
      return whole;
    },
    heldFrom(file) {
      const held = joiner.heldFrom();
      const token = tokens.get(file);
      if (!held || !token) return undefined;
      return held.file === token ? held.offset : since.get(token);
    },
    moved(file, copy) {
      tokens.set(copy, tokenOf(file));
    },
    dueAt: () => joiner.dueAt(),
    counts: () => joiner.counts(),
  };
}

/** The entries that are whole with what was read from `start` on. */
function joined(
  joiner: Joiner<Place>,
  { file, offset: start }: Place,
  { lines, lengths }: Reading,
  now: number,
  offsets: (number | undefined)[] | undefined,
): string[] {
  const whole: string[] = [];
  let offset = start;
  for (const [index, line] of lines.entries()) {
    const place = { file, offset };
    const began = offsets && joiner.heldFrom();
    for (const entry of joiner.push(line, place, now)) whole.push(entry);
    if (offsets) addPlaces(offsets, whole.length, began, place);
    offset += lengths[index] ?? 0;
  }
  return whole;
}

/** Of the entries that a line made whole, the first one is what was open before; a second one is the line itself. */
function addPlaces(
  offsets: (number | undefined)[],
  count: number,
  began: Place | undefined,
  own: Place,
): void {
  for (let begin = began ?? own; offsets.length < count; begin = own) {
    offsets.push(begin.file === own.file ? begin.offset : undefined);
  }
}
