import type { Alert, FiredRule } from "../core/alert.ts";
import { disarm, shown } from "./shown.ts";

/** An alert with what the record adds to it. */
export interface Noted {
  readonly alert: Alert;
  /** "EPOCHSECONDS.N" */
  readonly id: string;
  readonly place: PlaceText;
  /** The event's local time, "2026 Nov 22 10:06:40". */
  readonly date: string;
  readonly ruleText: RuleText;
}

/** What the record says of the host, the event's or else this machine's name, and the log. */
export interface PlaceText {
  /** "host->log", printable. */
  readonly line: string;
  /** The entries of alerts.json, with a comma before each. */
  readonly location: string;
  readonly host: string;
  readonly logfile: string;
}

/** What the record says of a rule: the same for all its alerts, so it is written once. */
export interface RuleText {
  /** OSSEC writes each group with a comma behind it: "syslog,sshd,". */
  readonly groups: string;
  /** The line of alerts.log. */
  readonly line: string;
  /** The object of alerts.json. */
  readonly json: string;
}

/** Longest log line in alerts.log, in bytes; OSSEC's limit. */
const maxLineBytes = 1256;
/** Most earlier lines of a frequency alert. The rest of them have alerts of their own. */
export const maxPrevious = 50;

/**
 * One record of alerts.log as OSSEC writes it (ossec-hids src/analysisd/alerts/log.c), with its final empty line.
 * Every reader of that file ends a record at an empty line, begins one at "** Alert" and knows the lines of the head
 * by their first word: a log line that imitates one of them gets a space in front.
 */
export function alertLogRecord({ alert, id, place, date, ruleText }: Noted): string {
  const { event } = alert;
  const { fields } = event;
  const user = fields["dstuser"];
  let text = `** Alert ${id}:${alert.mail ? " mail " : ""} - ${ruleText.groups}
${date} ${place.line}
${ruleText.line}
`;
  if (event.srcip) text += `Src IP: ${event.srcip}\n`;
  if (event.srcip && isPort(fields["srcport"])) text += `Src Port: ${fields["srcport"]}\n`;
  if (event.dstip) text += `Dst IP: ${event.dstip}\n`;
  if (event.dstip && isPort(fields["dstport"])) text += `Dst Port: ${fields["dstport"]}\n`;
  if (user) text += `User: ${shown(user, maxLineBytes)}\n`;
  text += logLine(event.fullLog);
  for (const line of alert.previous.slice(0, maxPrevious)) text += logLine(line);
  return `${text}\n`;
}

export function placeLine(host: string, location: string): string {
  return `${host}->${shown(location, maxLineBytes)}`;
}

export function groupList({ groups }: FiredRule): string {
  return groups.length === 0 ? "" : `${shown(groups.join(","), maxLineBytes)},`;
}

export function ruleLine({ id, level, description }: FiredRule): string {
  return `Rule: ${id} (level ${level}) -> '${shown(description, maxLineBytes)}'`;
}

const port = /^\d{1,5}$/;

function isPort(text: string | undefined): boolean {
  return text !== undefined && port.test(text);
}

const imitation = /^(?:$|\*\* Alert|Rule: |Src |Dst |User: )/;

function logLine(line: string): string {
  return `${disarm(shown(line, maxLineBytes), imitation)}\n`;
}
