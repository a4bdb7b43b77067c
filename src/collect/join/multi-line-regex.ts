import type { Pattern } from "../../pattern/pattern.ts";
import { type EntryFormat, endedByNext } from "./join-lines.ts";

/** A line that matches begins an entry, every other line goes on with one. */
export function multiLineRegex(begin: Pattern): EntryFormat {
  return {
    limits: endedByNext,
    step: (text) => (begin.test(text) ? { is: "begin", text } : { is: "more", text }),
  };
}
