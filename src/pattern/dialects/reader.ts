import { Failure } from "../../core/failure.ts";

/** A pattern while it is read from left to right. */
export interface Reader {
  readonly source: string;
  /** The index of the next character. */
  at: number;
}

/** Goes on behind `text` if it stands here. */
export function take(reader: Reader, text: string): boolean {
  if (!reader.source.startsWith(text, reader.at)) return false;
  reader.at += text.length;
  return true;
}

/** Goes on behind what `shape`, a sticky expression, matches here, and returns what its groups took. */
export function takeShape(reader: Reader, shape: RegExp): RegExpExecArray | undefined {
  shape.lastIndex = reader.at;
  const found = shape.exec(reader.source);
  if (!found) return undefined;
  reader.at += found[0].length;
  return found;
}

/** Refuses what stands in `source` from `from` to `to`, counting characters from 1 in the message. */
export function refusal(
  { source }: Pick<Reader, "source">,
  [from, to]: readonly [number, number],
  problem: string,
  hint?: string,
): Failure {
  const found = source.slice(from, to);
  const message =
    found === ""
      ? `the pattern ends where ${problem}`
      : `"${found}" at character ${from + 1} ${problem}`;
  return new Failure(message, hint === undefined ? {} : { hint });
}
