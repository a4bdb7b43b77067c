import { Failure } from "../core/failure.ts";
import { parseOsMatch } from "./dialects/os-match.ts";
import { parseOsRegex } from "./dialects/os-regex.ts";
import { parsePcre2 } from "./dialects/pcre2.ts";
import { chooseEngine, type Engine, refuseCostly } from "./engine/choose.ts";
import { literalsOf } from "./literals.ts";
import type { Dialect, Pattern } from "./pattern.ts";
import { startOf } from "./start.ts";
import type { Syntax } from "./syntax.ts";

/**
 * Compiles a pattern. Throws a `Failure` that says what in it is not possible, and where; it does not know the file.
 * Characters are UTF-16 code units. OSSEC counts bytes, which differs outside of ASCII only.
 */
export function compilePattern(dialect: Dialect, source: string): Pattern {
  const syntax = parse(dialect, source);
  refuseCostly(syntax);
  const literals = literalsOf(syntax);
  let engine: Engine | undefined;
  const open = () => {
    engine ??= chooseEngine(parse(dialect, source));
    return engine;
  };
  return {
    source,
    literals,
    start: startOf(syntax),
    test: (text) => (engine ?? open()).test(text),
    endIn: (text) => (engine ?? open()).endIn(text),
    find: (text) => (engine ?? open()).find(text),
  };
}

function parse(dialect: Dialect, source: string): Syntax {
  if (dialect === "pcre2") {
    if (source === "") throw new Failure("an empty pattern, where PCRE2 was expected");
    return parsePcre2(source);
  }
  if (Buffer.byteLength(source) > longest) {
    throw new Failure(`a pattern of more than ${longest} bytes`, {
      hint: "OSSEC takes no longer one in <match> and <regex>; use <pcre2>",
    });
  }
  if (dialect === "match") return parseOsMatch(source);
  if (source === "") throw new Failure("an empty pattern, where OS_Regex was expected");
  return parseOsRegex(source);
}

/** OS_Match and OS_Regex take no more bytes (os_regex.h: OS_PATTERN_MAXSIZE). */
const longest = 2048;
