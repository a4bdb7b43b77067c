import { type EntryFormat, endedByMark, nothing, type Step } from "./join-lines.ts";

/** What OSSEC writes where Snort gives no classification. */
const unclassified = "[Classification: Preprocessor] [Priority: 3] ";

/**
 * Snort's alert file: a header, the classification, and addresses behind a date; further lines say no more. As OSSEC
 * words it: "[**] [1:2:3] message [**][Classification: …] [Priority: 2] 192.0.2.1:80 -> 192.0.2.2:80".
 */
export function snortFull(): EntryFormat {
  let isClassified = false;
  const within = (line: string): Step => {
    const classification = classificationIn(line);
    if (classification !== undefined) {
      isClassified = true;
      return { is: "more", text: classification };
    }
    const [date] = /^\d\d\/\d\d(?:\/\d{2,4})?-[\d:.]+ +/.exec(line) ?? [];
    if (date === undefined) return { is: "end" };
    return { is: "end", text: (isClassified ? "" : unclassified) + line.slice(date.length) };
  };
  return {
    limits: endedByMark,
    textOf: (lines) => lines.join(""),
    step(line, isOpen) {
      if (!line.startsWith("[**] [")) return isOpen ? within(line) : nothing;
      isClassified = false;
      return { is: "begin", text: line };
    },
  };
}

function classificationIn(line: string): string | undefined {
  if (line.startsWith("[Classification: ")) return `${line.trimEnd()} `;
  return line.startsWith("[Priority: ") ? unclassified : undefined;
}
