import type { FiredRule } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import { isPrintableAscii, printable } from "../core/printable.ts";
import { groupList, maxPrevious, type Noted } from "./alert-log.ts";
import type { ByteText } from "./byte-text.ts";
import { cut } from "./shown.ts";

const maxLogBytes = 8192;
const maxPreviousBytes = 16_384;
const maxFieldBytes = 1256;
const maxOwnFieldBytes = 512;
const maxOwnFields = 32;

/**
 * Adds one line of alerts.json: OSSEC's keys in OSSEC's order (ossec-hids src/analysisd/format/to_json.c), absent values
 * left out, and `fields` for what OSSEC has no key for. Values are the exact text (cut where they are too long); what
 * could harm a terminal is written as a JSON escape, so that the line is safe to look at as well as to parse.
 */
export function addAlertJson({ alert, id, place, date, ruleText }: Noted, to: ByteText): void {
  const { event } = alert;
  const { fields } = event;
  to.addBytes(ruleText.json);
  to.add(id.second);
  to.addNumber(id.number);
  to.add(`","TimeStamp":${event.at}`);
  addEntry("decoder", event.decoder, to);
  addEntry("action", fields["action"], to);
  addEntry("protocol", fields["protocol"], to);
  addEntry("srcip", event.srcip, to);
  addEntry("srcport", fields["srcport"], to);
  addEntry("srcuser", fields["srcuser"], to);
  addEntry("dstip", event.dstip, to);
  addEntry("dstport", fields["dstport"], to);
  addEntry("dstuser", fields["dstuser"], to);
  to.add(place.location);
  addEntry("full_log", event.fullLog, to, maxLogBytes);
  addEntry("previous_output", earlier(alert.previous), to, maxPreviousBytes);
  to.add(place.host);
  addEntry("program_name", event.program, to);
  addEntry("status", fields["status"], to);
  addEntry("command", fields["command"], to);
  addEntry("url", fields["url"], to);
  addEntry("data", fields["data"] ?? fields["extra_data"], to);
  addEntry("systemname", fields["systemname"], to);
  addVerdict(event.verdict, to);
  addOwnFields(event, to);
  to.add(',"timestamp":"');
  to.add(date);
  to.add('"');
  to.add(place.logfile);
  to.add("}\n");
}

/** A line up to the alert's id: the object in which it names its rule. */
export function ruleJson(rule: FiredRule): Uint8Array {
  const groups = rule.groups.map((group) => quoted(cut(group, maxFieldBytes))).join(",");
  return Buffer.from(
    `{"rule":{"level":${rule.level},"comment":${quoted(cut(rule.description, maxFieldBytes))},"sidid":${rule.id},"group":${quoted(groupList(rule))},"groups":[${groups}]},"id":"`,
  );
}

/** The entries that tell where an alert comes from. */
export function placeJson(host: string, location: string) {
  return {
    location: entry("location", `${host}->${location}`),
    host: entry("hostname", host),
    logfile: entry("logfile", location),
  };
}

/** Who called whom, see `AlertVerdict`. */
function addVerdict(verdict: Event["verdict"], to: ByteText): void {
  if (!verdict) return;
  to.add(',"verdict":{"class":"');
  to.add(verdict.class);
  to.add('"');
  addEntry("reason", verdict.reason, to);
  addEntry("remote", verdict.remote, to);
  addEntry("local", verdict.local, to);
  to.add("}");
}

function earlier(previous: readonly string[]): string {
  return previous.length === 0 ? "" : previous.slice(0, maxPrevious).join("\n");
}

function addEntry(
  key: string,
  value: string | undefined,
  to: ByteText,
  maxBytes = maxFieldBytes,
): void {
  if (!value) return;
  to.add(',"');
  to.add(key);
  to.add('":');
  addQuoted(cut(value, maxBytes), to);
}

function addQuoted(text: string, to: ByteText): void {
  if (!isPlain(text)) {
    to.add(quoted(text));
    return;
  }
  to.add('"');
  to.add(text);
  to.add('"');
}

function entry(key: string, value: string): string {
  return value ? `,"${key}":${quoted(cut(value, maxFieldBytes))}` : "";
}

function quoted(text: string): string {
  if (isPlain(text)) return `"${text}"`;
  const json = JSON.stringify(text);
  return printable(json) === json ? json : json.replace(/[\u007f-\uffff]/g, escaped);
}

/** Whether the text is ASCII that needs no escapes. */
function isPlain(text: string): boolean {
  return isPrintableAscii(text) && !text.includes('"') && !text.includes("\\");
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

const keysOfOssec = new Set(
  "action protocol srcip srcport srcuser dstip dstport dstuser user status command url data extra_data systemname".split(
    " ",
  ),
);

/** The fields that found no key above; `srcip` and `dstip` too where the decoder's text is no address. */
function addOwnFields({ fields, srcip, dstip }: Event, to: ByteText): void {
  let count = 0;
  for (const name in fields) {
    const value = fields[name];
    if (!value || count === maxOwnFields) continue;
    if (keysOfOssec.has(name) && !isNoAddress(name, srcip, dstip)) continue;
    to.add(count === 0 ? ',"fields":{' : ",");
    addQuoted(cut(name, 100), to);
    to.add(":");
    addQuoted(cut(value, maxOwnFieldBytes), to);
    count += 1;
  }
  if (count > 0) to.add("}");
}

/** Whether the field is an address by its name only. */
function isNoAddress(name: string, srcip: string | undefined, dstip: string | undefined): boolean {
  return (name === "srcip" && !srcip) || (name === "dstip" && !dstip);
}
