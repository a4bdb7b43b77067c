import { type EntryFormat, endedByMark, nothing } from "./join-lines.ts";

const alert = /"event_type" *: *"alert"/;

/**
 * Suricata's eve.json: of all that it reports only alerts are passed on. They are told by their text alone, because most
 * lines are something else and a parser would cost ten times as much; in a JSON string a quote never stands bare.
 */
export const eveAlerts: EntryFormat = {
  limits: endedByMark,
  step: (line) => (alert.test(line) ? { is: "whole", text: line } : nothing),
};
