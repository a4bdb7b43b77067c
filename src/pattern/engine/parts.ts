import type { Found } from "../pattern.ts";
import type { Gap } from "./cuts.ts";
import type { Walk } from "./walk.ts";

/** What finds a pattern in a text. */
export interface Finder {
  test(text: string): boolean;
  endIn(text: string): number;
  find(text: string): Found | undefined;
}

/**
 * Finds a pattern in two parts. A backtracking matcher takes the first match of the first part, and what fits behind that
 * is the match; only where nothing fits would it go back into the first part: then `whole` is asked. `rest` is anchored.
 */
export function openParts(before: Finder, rest: Finder, whole: Finder): Finder {
  const endIn = (text: string): number => {
    const from = before.endIn(text);
    if (from < 0) return -1;
    const end = rest.endIn(text.slice(from));
    return end < 0 ? whole.endIn(text) : from + end;
  };
  return {
    test: (text) => endIn(text) >= 0,
    endIn,
    find(text) {
      const found = before.find(text);
      if (!found) return undefined;
      const behind = rest.find(text.slice(found.end));
      if (!behind) return whole.find(text);
      return { end: found.end + behind.end, groups: joined(found.groups, behind.groups) };
    },
  };
}

/** In a loop: to spread short lists takes longer than to find them. */
function joined(first: readonly string[], last: readonly string[]): string[] {
  const groups: string[] = new Array(first.length + last.length);
  for (let at = 0; at < first.length; at++) groups[at] = first[at] ?? "";
  for (let at = 0; at < last.length; at++) groups[first.length + at] = last[at] ?? "";
  return groups;
}

/**
 * Finds a pattern in two parts with `.+` or the like between them: it takes what it can, so what stands behind it begins as
 * far behind as it matches at all. That is looked for from the end of the text, and most of it is never walked through.
 */
export function openAround(gap: Gap, before: Finder, after: Walk, whole: Finder): Finder {
  const { isLine, isGroup, min } = gap;
  /** Where the last part begins, when the first one ended there; `nowhere`, or `elsewhere` where `whole` must be asked. */
  const begin = (text: string, end: number): number => {
    if (end < 0) return nowhere;
    const last = after.lastBegin(text);
    return last >= 0 && last < end + min ? elsewhere : last;
  };
  const isFree = (text: string) => !isLine || !text.includes("\n");
  const endIn = (text: string): number => {
    const last = isFree(text) ? begin(text, before.endIn(text)) : elsewhere;
    if (last === elsewhere) return whole.endIn(text);
    return last === nowhere ? -1 : after.endFrom(text, last);
  };
  const found = (text: string, { end, groups }: Found, last: number): Found => {
    const before = isGroup ? [...groups, text.slice(end, last)] : groups;
    return after.findFrom(text, last, before);
  };
  return {
    test: (text) => endIn(text) >= 0,
    endIn,
    find(text) {
      if (!isFree(text)) return whole.find(text);
      const first = before.find(text);
      if (!first) return undefined;
      const last = begin(text, first.end);
      if (last === elsewhere) return whole.find(text);
      return last === nowhere ? undefined : found(text, first, last);
    },
  };
}

const nowhere = -1;
const elsewhere = -2;
