import { type EntryFormat, joinLines } from "../../../src/collect/join/join-lines.ts";
import type { Joiner } from "../../../src/collect/join/joiner.ts";

/** The entries of a text whose lines come at once, and what is left when nothing more comes. */
export function entriesOf(format: EntryFormat | Joiner<number>, text: string): string[] {
  const joiner = "push" in format ? format : joinLines<number>(format);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const whole = lines.flatMap((line, index) => [...joiner.push(line, index, 0)]);
  return [...whole, ...joiner.expire(never)];
}

/** Later than anything waits. */
export const never = 1_000_000_000;
