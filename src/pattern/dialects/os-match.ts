import { folded } from "../chars.ts";
import type { Syntax } from "../syntax.ts";

/**
 * Reads OS_Match: alternatives between "|", "^" and "$" for the ends wherever they stand, everything else literal, no
 * escape, letters of all scripts in either case (OSSEC's os_match_compile.c). An empty alternative matches everything.
 */
export function parseOsMatch(source: string): Syntax {
  return { kind: "choice", branches: source.split("|").map(alternative) };
}

function alternative(source: string): Syntax {
  const chars = Array.from({ length: source.length }, (_, at) => source.charCodeAt(at));
  return { kind: "sequence", parts: chars.map(part) };
}

function part(char: number): Syntax {
  if (char === 0x5e) return { kind: "assertion", assertion: "start" };
  if (char === 0x24) return { kind: "assertion", assertion: "finalEnd" };
  return { kind: "char", set: folded(char, "unicode") };
}
