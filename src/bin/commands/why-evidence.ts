import { localTime } from "./table.ts";
import type { Shown } from "./why-facts.ts";

/** Lines of logs stand behind this, and are shown whole. */
export const logIndent = "    ";

/** What was seen, from the line in its file to the verdict, in words. */
export function seen(evidence: Shown): string[] {
  const { rule, verdict, alert } = evidence;
  return [
    "what was seen",
    ...lineLines(evidence),
    `  read as ${readAs(evidence)}`,
    `  rule ${rule.id}, level ${rule.level}: ${rule.description} (alert ${alert})`,
    ...countedLines(evidence),
    ...(verdict ? [`  verdict ${verdict.class}: ${verdict.reason}`] : []),
  ];
}

function lineLines({ line, found }: Shown): string[] {
  return [`  ${placeOf(line, found)}`, `${logIndent}${line.text}`];
}

function placeOf({ location, place, at }: Shown["line"], found: Shown["found"]): string {
  if (typeof place === "string") {
    return `the journal at ${localTime(at)}: journalctl -n 1 --cursor '${place}'`;
  }
  if (place === undefined) return location;
  if (found && found.file !== location) return `${found.file}, byte ${place} (was ${location})`;
  return found ? `${location}, byte ${place}` : `${location}, then at byte ${place}`;
}

function readAs({ decoder = "no decoder knows it", program, fields }: Shown): string {
  const said = program === undefined ? "" : ` of ${program}`;
  const named = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  return [`${decoder}${said}`, ...named].join(", ");
}

function countedLines({ rule, earlier, found }: Shown): string[] {
  if (rule.counts === undefined && earlier.length === 0) return [];
  const places = found?.earlier ?? [];
  const lines = earlier.map((line, index) => {
    const place = places[index];
    return `${logIndent}${place == null ? "" : `byte ${place}: `}${line}`;
  });
  const before = lines.length === 0 ? [] : ["  counted before it, the newest first", ...lines];
  return [`  it counts ${rule.counts ?? "earlier events"}`, ...before];
}
