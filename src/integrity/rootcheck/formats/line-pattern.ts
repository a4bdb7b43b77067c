import { compilePattern } from "../../../pattern/compile.ts";
import { bytePath } from "../../name.ts";

/** What an audit looks for in the lines of a file, or in a name. */
export interface LinePattern {
  /** Whether one line has all that is asked for. */
  test(line: string): boolean;
  /** All of it is negated: it holds of a file when every line passes. */
  readonly isNegative: boolean;
}

/** OSSEC's patterns of rootcheck: parts with " && " between them, each "!" or not, then "r:", "=:", "<:", ">:" or nothing. */
export function linePattern(source: string): LinePattern {
  const parts = source.split(" && ").map((part) => part.trim());
  const tests = parts.map(partTest);
  return {
    test: (line) => tests.every((test) => test(line)),
    isNegative: parts.every((part) => part.startsWith("!")),
  };
}

type Test = (line: string) => boolean;

function partTest(part: string): Test {
  if (!part.startsWith("!")) return plainTest(part);
  const test = plainTest(part.slice(1).trimStart());
  return (line) => !test(line);
}

function plainTest(part: string): Test {
  const value = bytePath(part.slice(2));
  if (/^r:/i.test(part)) {
    const pattern = compilePattern("regex", value);
    return (line) => pattern.test(line);
  }
  // OSSEC: strcmp(3), the pattern first: ">:4.4" is true of a line that sorts before it.
  if (part.startsWith("<:")) return (line) => value < line;
  if (part.startsWith(">:")) return (line) => value > line;
  const equal = (part.startsWith("=:") ? value : bytePath(part)).toLowerCase();
  return (line) => line.toLowerCase() === equal;
}

/** The name of a file in a folder: "r:" and OS_Regex, or OS_Match. */
export function namePattern(source: string): Test {
  const isRegex = /^r:/i.test(source);
  const plain = bytePath(isRegex ? source.slice(2) : source);
  const pattern = compilePattern(isRegex ? "regex" : "match", plain);
  return (name) => pattern.test(name);
}
