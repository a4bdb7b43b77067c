import { Failure } from "../../../core/failure.ts";
import { compilePattern } from "../../../pattern/compile.ts";
import type { Pattern } from "../../../pattern/pattern.ts";
import type { BytePath } from "../../entry.ts";
import { bytePath } from "../../name.ts";
import { type Held, readSignLines } from "./sign-lines.ts";

/** What a trojan has in it that the real program has not. */
export interface TrojanSign {
  /** The name of a program, or an absolute path. */
  readonly program: BytePath;
  /** On each text in the program, as strings(1) shows them. */
  readonly pattern: Pattern;
  /** "" where nothing is said. */
  readonly description: string;
}

/** OSSEC's rootkit_trojans.txt: "PROGRAM !PATTERN!DESCRIPTION", PATTERN a POSIX extended regular expression. */
export function readRootkitTrojans(text: string): Held<TrojanSign> {
  return readSignLines(text, (line) => {
    const [program = "", pattern = "", description = ""] = line
      .split("!")
      .map((part) => part.trim());
    if (program === "" || pattern === "" || /[*?]/.test(program)) {
      throw new Failure("expected PROGRAM !PATTERN!DESCRIPTION");
    }
    return [
      {
        program: bytePath(program),
        pattern: compilePattern("pcre2", bytePath(pattern)),
        description,
      },
    ];
  });
}
