import type { Plugged } from "./plugin.ts";

/**
 * OpenBSD's packet filter, as tcpdump prints its log: "rule 0/(match) block in on rl0: 192.0.2.1.4711 > 192.0.2.2.22: S …".
 * What is found before the line stops making sense is kept (pf_decoder.c).
 */
export function pf(log: string): Plugged {
  const fields: Record<string, string> = {};
  read(log, fields);
  return { fields };
}

function read(log: string, fields: Record<string, string>): void {
  const afterRule = after(log, 0, ")", " ");
  const action = afterRule < 0 ? undefined : actions.get(log[afterRule] ?? "");
  if (action === undefined) return;
  fields["action"] = action;
  const source = after(log, afterRule, ":", " ");
  const sourceEnd = source < 0 ? -1 : log.indexOf(" ", source);
  if (sourceEnd < 0) return;
  setAddress(fields, "src", log.slice(source, sourceEnd));
  const target = sourceEnd + 3;
  const targetEnd = log.startsWith("> ", sourceEnd + 1) ? log.indexOf(":", target) : -1;
  if (targetEnd < 0) return;
  setAddress(fields, "dst", log.slice(target, targetEnd));
  const first = log.slice(targetEnd + 1).trimStart()[0];
  if (first !== undefined) fields["protocol"] = protocols.get(first) ?? "TCP";
}

const actions: ReadonlyMap<string, string> = new Map([
  ["p", "pass"],
  ["b", "block"],
]);
const protocols: ReadonlyMap<string, string> = new Map([
  ["u", "UDP"],
  ["i", "ICMP"],
]);

/** The index behind the first `mark`, if `next` follows that; else -1. */
function after(log: string, from: number, mark: string, next: string): number {
  const at = log.indexOf(mark, from);
  return at >= 0 && log[at + 1] === next ? at + 2 : -1;
}

/** "192.0.2.1.4711": the fourth dot parts the port. */
function setAddress(fields: Record<string, string>, side: "src" | "dst", text: string): void {
  const parts = text.split(".");
  fields[`${side}ip`] = parts.slice(0, 4).join(".");
  if (parts.length > 4) fields[`${side}port`] = parts.slice(4).join(".");
}
