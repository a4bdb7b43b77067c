import { printable } from "../../../core/printable.ts";

/** A line of a file of signs that says something, and its number. */
interface SignLine {
  readonly number: number;
  readonly text: string;
}

/** What a file of signs held, and what in it says nothing, one sentence each. */
export interface Held<T> {
  readonly held: T[];
  readonly mistakes: string[];
}

/** OSSEC's files of signs: a line each, comments behind #, nothing in empty ones. `read` throws what is wrong with its line. */
export function readSignLines<T>(text: string, read: (line: string) => readonly T[]): Held<T> {
  const held: T[] = [];
  const mistakes: string[] = [];
  for (const { number, text: line } of meaningful(text)) {
    try {
      held.push(...read(line));
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      mistakes.push(mistakeIn({ number, text: line }, thrown));
    }
  }
  return { held, mistakes };
}

/** Its number, what was expected, and what is there. */
export function mistakeIn({ number, text }: SignLine, { message }: Error): string {
  return `${number}: ${message}, found "${printable(text).slice(0, mostShown)}"`;
}

const mostShown = 80;

export function meaningful(text: string): SignLine[] {
  return text
    .split("\n")
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter(({ text: line }) => line !== "" && !line.startsWith("#"));
}
