import { maxLineLength } from "../logs/lines.ts";
import {
  addLine,
  beginEntry,
  dueAt,
  isEndless,
  type Joiner,
  type Limits,
  type OpenEntry,
} from "./joiner.ts";

/** What a line is. `text` is what it gives to its entry. */
export type Step =
  | { readonly is: "begin"; readonly text: string }
  | { readonly is: "more" | "end"; readonly text?: string; readonly isVital?: boolean }
  | { readonly is: "whole"; readonly text: string }
  | { readonly is: "nothing" };

/** How a log writes its entries, one after the other. */
export interface EntryFormat {
  readonly limits: Limits;
  /** What the next line is, when an entry `isOpen` or none. May remember lines that came before; never throws. */
  step(line: string, isOpen: boolean): Step;
  /** The text of an entry; by default its lines with a space between them. Empty: no entry after all. */
  textOf?(lines: readonly string[]): string;
}

export const nothing: Step = { is: "nothing" };

/** For formats in which the next entry shows the end of one: writers write an entry at once. */
export const endedByNext: Limits = { maxLines: 256, maxLength: maxLineLength, quietMs: 1000 };

/** For formats in which an entry has an end of its own. */
export const endedByMark: Limits = { ...endedByNext, quietMs: 5000 };

/**
 * Joins entries that never overlap. What is left of one that was handed over without its end is dropped, and never
 * taken for an entry of its own: whoever chose the text of a line could choose what it looks like.
 */
export function joinLines<Place>(format: EntryFormat): Joiner<Place> {
  const { limits } = format;
  const count = tally();
  let open: OpenEntry<Place> | undefined;

  const handOver = (): readonly string[] => {
    if (!open) return none;
    const { lines, isCut } = open;
    open = undefined;
    count.entry(isCut);
    const text = format.textOf?.(lines) ?? lines.join(" ");
    return text === "" ? none : [text];
  };
  const begin = (text: string, place: Place, now: number) => {
    const before = handOver();
    open = beginEntry(place, now);
    addLine(open, text, now, limits);
    return before;
  };
  const goOn = ({ is, text, isVital }: Step & { is: "more" | "end" }, now: number) => {
    if (!open) count.stray(text !== undefined);
    else if (text !== undefined) addLine(open, text, now, limits, isVital);
    return is === "end" || (open && isEndless(open)) ? handOver() : none;
  };

  return {
    push(line, place, now) {
      const step = format.step(line, open !== undefined);
      if (step.is === "begin") return begin(step.text, place, now);
      if (step.is === "more" || step.is === "end") return goOn(step, now);
      if (step.is === "whole") {
        const before = handOver();
        count.entry(false);
        return [...before, step.text];
      }
      count.skip();
      return none;
    },
    expire: (now) => (open && dueAt(open, limits) <= now ? handOver() : none),
    heldFrom: () => open?.place,
    dueAt: () => open && dueAt(open, limits),
    counts: count.counts,
  };
}

const none: readonly string[] = [];

/** Counts what is told by `counts`. The first line that comes too late makes its entry a cut one. */
function tally() {
  let [entries, cut, skipped, strays] = [0, 0, 0, 0];
  let isCutAlready = true;
  return {
    entry(isCut: boolean) {
      entries += 1;
      isCutAlready = isCut;
      if (isCut) cut += 1;
    },
    skip() {
      skipped += 1;
    },
    stray(hasText: boolean) {
      skipped += 1;
      if (!hasText) return;
      strays += 1;
      if (!isCutAlready) cut += 1;
      isCutAlready = true;
    },
    counts: () => ({ cut, skipped, isMismatch: entries === 0 && strays >= manyStrays }),
  };
}

const manyStrays = 100;
