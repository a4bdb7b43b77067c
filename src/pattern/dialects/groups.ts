import type { Folding } from "../chars.ts";
import { type Reader, refusal, take, takeShape } from "./reader.ts";

/** What `(?i)` and its like change, until their group ends. */
export interface Options {
  readonly folding: Folding;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly extended: boolean;
  readonly ungreedy: boolean;
}

/** What a parenthesis opens: a group that captures, one that does not, or no group but options for the rest. */
export type GroupStart =
  | { readonly kind: "capture" }
  | { readonly kind: "plain"; readonly options: Options }
  | { readonly kind: "options"; readonly options: Options };

/** Reads what tells kinds of groups apart; the reader stands behind the parenthesis. */
export function takeGroupStart(
  reader: Reader & { readonly names: Set<string> },
  options: Options,
  caseless: Folding,
): GroupStart {
  const from = reader.at - 1;
  if (takeShape(reader, /\*(?=[A-Za-z:])/y)) {
    throw refusal(reader, [from, reader.at], "is a verb; Stockade knows none");
  }
  if (!take(reader, "?")) return { kind: "capture" };
  if (take(reader, ":")) return { kind: "plain", options };
  const named = takeShape(reader, /P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)'/y);
  if (named) return captureNamed(reader, from, named[1] ?? named[2] ?? "");
  const changed = takeShape(reader, /([imsxU]*)(?:-([imsxU]*))?([:)])/y);
  if (!changed) throw unknownGroup(reader, from);
  const [, on = "", off = "", end] = changed;
  const result = changeOptions(options, on, off, caseless);
  return { kind: end === ":" ? "plain" : "options", options: result };
}

function captureNamed(
  reader: Reader & { readonly names: Set<string> },
  from: number,
  name: string,
): GroupStart {
  if (reader.names.has(name)) {
    throw refusal(reader, [from, reader.at], "names a group by a name that another has");
  }
  reader.names.add(name);
  return { kind: "capture" };
}

function changeOptions(options: Options, on: string, off: string, caseless: Folding): Options {
  const is = (letter: string, before: boolean) =>
    (before || on.includes(letter)) && !off.includes(letter);
  return {
    folding: is("i", options.folding !== "none") ? caseless : "none",
    dotAll: is("s", options.dotAll),
    multiline: is("m", options.multiline),
    extended: is("x", options.extended),
    ungreedy: is("U", options.ungreedy),
  };
}

function unknownGroup(reader: Reader, from: number): Error {
  for (const [shape, problem] of impossible) {
    if (takeShape(reader, shape)) return refusal(reader, [from, reader.at], problem);
  }
  const to = Math.min(reader.at + 1, reader.source.length);
  return refusal(reader, [from, to], "is not a group that Stockade knows");
}

const slow = "which cannot be matched in linear time";
const impossible: readonly (readonly [RegExp, string])[] = [
  [/=|!|\*/y, `is a look-ahead, ${slow}`],
  [/<[=!*]/y, `is a look-behind, ${slow}`],
  [/>/y, `is an atomic group, ${slow}`],
  [/\|/y, "numbers the groups of its branches alike; Stockade does not"],
  [/\(/y, `is a condition, ${slow}`],
  [/R|[+-]?\d+|&|P>/y, `is a recursion, ${slow}`],
  [/P=/y, `is a back-reference, ${slow}`],
  [/C/y, "is a call-out; Stockade knows none"],
];
