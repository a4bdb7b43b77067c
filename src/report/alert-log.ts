import type { Alert, FiredRule } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import type { ByteText } from "./byte-text.ts";
import { disarm, shown } from "./shown.ts";

/** An alert with what the record adds to it. */
export interface Noted {
  readonly alert: Alert;
  readonly id: AlertId;
  readonly place: PlaceText;
  /** The event's local time, "2026 Nov 22 10:06:40". */
  readonly date: string;
  readonly ruleText: RuleText;
  /** The lines of alerts.log from behind the id down to the rule. */
  readonly head: Uint8Array;
}

/** "EPOCHSECONDS.N" */
export interface AlertId {
  /** With the dot. */
  readonly second: string;
  readonly number: number;
}

/** As alerts.log has it. */
export function idText({ second, number }: AlertId): string {
  return `${second}${number}`;
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
  /** A line of alerts.json up to the alert's id. */
  readonly json: Uint8Array;
}

/** Longest log line in alerts.log, in bytes; OSSEC's limit. */
const maxLineBytes = 1256;
/** Most earlier lines of a frequency alert. The rest of them have alerts of their own. */
export const maxPrevious = 50;

/**
 * Adds one record of alerts.log as OSSEC writes it (ossec-hids src/analysisd/alerts/log.c), with its final empty line.
 * Every reader of that file ends a record at an empty line, begins one at "** Alert" and knows the lines of the head
 * by their first word: a log line that imitates one of them gets a space in front.
 */
export function addAlertRecord({ alert, id, head }: Noted, to: ByteText): void {
  const { event, previous } = alert;
  to.add("** Alert ");
  to.add(id.second);
  to.addNumber(id.number);
  to.addBytes(head);
  addFields(event, to);
  addLine(event.fullLog, to);
  for (let n = 0; n < previous.length && n < maxPrevious; n++) addLine(previous[n] ?? "", to);
  to.add("\n");
}

function addFields({ srcip, dstip, fields }: Event, to: ByteText): void {
  const user = fields["dstuser"];
  if (srcip) addField("Src IP: ", srcip, to);
  const srcport = srcip ? fields["srcport"] : undefined;
  if (isPort(srcport)) addField("Src Port: ", srcport, to);
  if (dstip) addField("Dst IP: ", dstip, to);
  const dstport = dstip ? fields["dstport"] : undefined;
  if (isPort(dstport)) addField("Dst Port: ", dstport, to);
  if (user) addField("User: ", shown(user, maxLineBytes), to);
}

function addField(name: string, value: string, to: ByteText): void {
  to.add(name);
  to.add(value);
  to.add("\n");
}

/** See `Noted.head`. */
export function headBytes(isMailed: boolean, date: string, place: PlaceText, rule: RuleText) {
  const mail = isMailed ? " mail " : "";
  return Buffer.from(`:${mail} - ${rule.groups}\n${date} ${place.line}\n${rule.line}\n`);
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

/** Five digits at the most. In a loop: regular expressions are dear to call on texts so short. */
function isPort(text: string | undefined): text is string {
  if (text === undefined || text.length === 0 || text.length > 5) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

const imitation = /^(?:$|\*\* Alert|Rule: |Src |Dst |User: )/;
/** With what texts that imitate a line of the head begin: looked at first, for a regular expression is dear to call. */
const firstOfImitations = [..."*RSDU"].map((character) => character.charCodeAt(0));

function addLine(line: string, to: ByteText): void {
  const text = shown(line, maxLineBytes);
  const mayImitate = text === "" || firstOfImitations.includes(text.charCodeAt(0));
  to.add(mayImitate ? disarm(text, imitation) : text);
  to.add("\n");
}
