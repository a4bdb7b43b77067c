import { type EntryFormat, endedByNext } from "./join-lines.ts";

/** Lines that begin with a blank or a tab belong to the one before them; an empty line ends an entry. */
export const multiLineIndented: EntryFormat = {
  limits: endedByNext,
  step(line) {
    if (line === "") return { is: "end" };
    return /^[ \t]/.test(line)
      ? { is: "more", text: line.trimStart() }
      : { is: "begin", text: line };
  },
};
