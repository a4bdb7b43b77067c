import { type EntryFormat, endedByMark } from "./join-lines.ts";

/** Always `lines` lines make an entry, empty ones included. When some come late, the others wait no longer for them. */
export function multiLine(lines: number): EntryFormat {
  let count = 0;
  return {
    limits: { ...endedByMark, maxLines: lines },
    step(text, isOpen) {
      count = (count % lines) + 1;
      if (!isOpen) return count === lines ? { is: "whole", text } : { is: "begin", text };
      return count === lines ? { is: "end", text } : { is: "more", text };
    },
  };
}
