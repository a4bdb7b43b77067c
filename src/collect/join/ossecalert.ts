import { type EntryFormat, endedByMark, nothing } from "./join-lines.ts";

/**
 * The alerts.log of another OSSEC, or of Stockade: "ossec: Alert Level: 5; Rule: 5716 - comment; Location: host->log;
 * srcip: 192.0.2.1; user: root;  first line of the log". An empty line ends an alert.
 */
export const ossecAlert: EntryFormat = {
  limits: endedByMark,
  textOf,
  step(line, isOpen) {
    if (line.startsWith("** Alert ")) return { is: "begin", text: line };
    if (!isOpen) return nothing;
    return line === "" ? { is: "end" } : { is: "more", text: line };
  },
};

function textOf([, where = "", rule = "", ...rest]: readonly string[]): string {
  const [, location] = /^\d{4} \S+ \d\d \S+ (.*)$/.exec(where) ?? [];
  const [, id, level, comment] = /^Rule: (\d+) \(level (\d+)\) -> '(.*)'$/.exec(rule) ?? [];
  if (location === undefined || id === undefined) return "";
  // In this order, and before the log, whose own text may look like them.
  const srcip = take(rest, "Src IP: ");
  take(rest, "Src Port: ");
  take(rest, "Dst IP: ");
  take(rest, "Dst Port: ");
  const user = take(rest, "User: ");
  const named = `${srcip ? ` srcip: ${srcip};` : ""}${user ? ` user: ${user};` : ""}`;
  const head = `ossec: Alert Level: ${level}; Rule: ${id} - ${comment}; Location: ${location};`;
  return `${head}${named}  ${rest.join(" ")}`;
}

/** Takes the value of the first line when it begins so; OSSEC writes "(none)" for none. */
function take(lines: string[], name: string): string | undefined {
  if (!lines[0]?.startsWith(name)) return undefined;
  const value = lines.shift()?.slice(name.length) ?? "";
  return value.startsWith("(no") ? undefined : value;
}
