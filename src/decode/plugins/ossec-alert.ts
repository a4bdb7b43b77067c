import type { Original, Plugged } from "./plugin.ts";

/**
 * An alert that another OSSEC sent as a line (ossecalert_decoder.c):
 * "ossec: Alert Level: 3; Rule: 5715 - what; Location: (web1) 192.0.2.1->/var/log/auth.log; srcip: 203.0.113.9; user: a;  LOG".
 * Where the line stops making sense there is no `original`, and OSSEC ignores the event.
 */
export function ossecAlert(log: string, location: string): Plugged {
  const fields: Record<string, string> = {};
  const original = read(log, location, fields);
  return { fields, category: "ossec-alert", ...(original && { original }) };
}

const longestLocation = 254;
const longestLog = 4094;

function read(log: string, location: string, fields: Record<string, string>): Original | undefined {
  const rule = ruleIn(log);
  if (!rule) return undefined;
  const semicolon = log.indexOf(";", rule.end);
  if (semicolon < 0 || !log.startsWith(" Location: ", semicolon + 1)) return undefined;
  const from = semicolon + 12;
  const end = log.indexOf(";", from);
  const start = end < 0 ? -1 : readFields(log, end + 1, fields);
  if (start < 0) return undefined;
  const place = `${location}|${log.slice(from, end)}`.slice(0, longestLocation);
  const message = log.slice(start).replace(/^ +/, "").slice(0, longestLog);
  return { rule: rule.id, host: place, location: place, log: message };
}

function ruleIn(log: string): { id: number; end: number } | undefined {
  if (!log.startsWith("Alert Level:") && !log.startsWith("ossec: Alert Level")) return undefined;
  const semicolon = log.indexOf(";");
  const colon = semicolon < 0 ? -1 : log.indexOf(":", semicolon);
  if (colon < 0 || log[colon + 1] !== " ") return undefined;
  const end = log.indexOf(" ", colon + 2);
  const id = end < 0 ? "" : log.slice(colon + 2, end);
  return /^\d{1,6}$/.test(id) ? { id: Number(id), end } : undefined;
}

/** Reads " key: value;" again and again. Returns where the log begins, or -1 where a value has no end. */
function readFields(log: string, from: number, fields: Record<string, string>): number {
  let at = from;
  while (log[at] === " " && log[at + 1] !== " ") {
    const end = log.indexOf(";", at);
    if (end < 0) return -1;
    const value = log.slice(at + 1, end);
    if (value.startsWith("srcip: ")) fields["srcip"] = value.slice(7);
    if (value.startsWith("user: ")) fields["dstuser"] = value.slice(6);
    at = end + 1;
  }
  return at;
}
