import { maxLineLength } from "../logs/lines.ts";
import { type EntryFormat, endedByMark, nothing, type Step } from "./join-lines.ts";

/** Where a part of a transaction begins: "--ID-A--", or as libmodsecurity writes it, "---ID---A--". */
const boundary = /^--(?:-([0-9A-Za-z]{1,64})--|([0-9A-Za-z]{1,64}))-([A-Z])--$/;

/**
 * ModSecurity's serial audit log: from "--ID-A--" to "--ID-Z--" of the same identifier. The server draws it anew for each
 * transaction, so that a client cannot know it when it sends a body that looks like another transaction. What ModSecurity
 * itself says is in part H, behind all that the client sent, and so has room of its own.
 */
export function modsecAudit(): EntryFormat {
  let id = "";
  let part = "";
  const within = (line: string, mark: Mark | undefined): Step => {
    if (mark?.id === id) part = mark.part;
    const isVital = part === "H" || part === "Z";
    const text = mark ? `--${mark.id}-${mark.part}--` : line;
    return { is: mark?.id === id && part === "Z" ? "end" : "more", text, isVital };
  };
  return {
    limits: { ...endedByMark, maxLines: 96, maxLength: maxLineLength / 2 },
    step(line, isOpen) {
      const mark = markIn(line);
      if (line === "" || !(isOpen || mark?.part === "A")) return nothing;
      if (isOpen) return within(line, mark);
      ({ id, part } = mark ?? { id, part });
      return { is: "begin", text: `--${id}-A--` };
    },
  };
}

interface Mark {
  readonly id: string;
  readonly part: string;
}

function markIn(line: string): Mark | undefined {
  const found = line.startsWith("--") ? boundary.exec(line) : null;
  return found ? { id: found[1] ?? found[2] ?? "", part: found[3] ?? "" } : undefined;
}
