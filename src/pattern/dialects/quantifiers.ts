import type { Syntax } from "../syntax.ts";
import { type Reader, refusal, take, takeShape } from "./reader.ts";

/** Reads the quantifier behind `item`, if there is one, and returns what both mean together. */
export function takeQuantified(reader: Reader, item: Syntax, ungreedy: boolean): Syntax {
  const from = reader.at;
  const bounds = takeBounds(reader);
  if (!bounds) return item;
  const [min, max] = bounds;
  const place = [from, reader.at] as const;
  if (!isRepeatable(item))
    throw refusal(reader, place, "has nothing before it that can be repeated");
  if (max < min) throw refusal(reader, place, "has its numbers out of order");
  if (Math.max(min, max === Number.POSITIVE_INFINITY ? 0 : max) > most) {
    throw refusal(reader, place, `repeats more than ${most} times`);
  }
  if (take(reader, "+")) {
    throw refusal(
      reader,
      [from, reader.at],
      "is a possessive quantifier, which cannot be matched in linear time",
      'leave out the last "+"',
    );
  }
  const lazy = take(reader, "?") !== ungreedy;
  if (takeBounds(reader)) {
    throw refusal(reader, [from, reader.at], "repeats what is repeated already");
  }
  return { kind: "repeat", body: item, min, max, lazy };
}

/** PCRE2 counts no further. */
const most = 65535;

function takeBounds(reader: Reader): readonly [number, number] | undefined {
  if (take(reader, "*")) return [0, Number.POSITIVE_INFINITY];
  if (take(reader, "+")) return [1, Number.POSITIVE_INFINITY];
  if (take(reader, "?")) return [0, 1];
  if (reader.source[reader.at] !== "{") return undefined;
  const found = takeShape(reader, /\{(\d+)(,?)(\d*)\}/y);
  if (!found) return undefined;
  const min = Number(found[1]);
  if (!found[2]) return [min, min];
  return [min, found[3] ? Number(found[3]) : Number.POSITIVE_INFINITY];
}

function isRepeatable(item: Syntax): boolean {
  return item.kind !== "assertion" && !(item.kind === "sequence" && item.parts.length === 0);
}
