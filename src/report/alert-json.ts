import type { FiredRule } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import { printable } from "../core/printable.ts";
import { groupList, maxPrevious, type Noted } from "./alert-log.ts";
import { cut } from "./shown.ts";

const maxLogBytes = 8192;
const maxPreviousBytes = 16_384;
const maxFieldBytes = 1256;
const maxOwnFieldBytes = 512;
const maxOwnFields = 32;

/**
 * One line of alerts.json: OSSEC's keys in OSSEC's order (ossec-hids src/analysisd/format/to_json.c), absent values
 * left out, and `fields` for what OSSEC has no key for. Values are the exact text (cut where they are too long); what
 * could harm a terminal is written as a JSON escape, so that the line is safe to look at as well as to parse.
 */
export function alertJsonLine({ alert, id, place, date, ruleText }: Noted): string {
  const { event } = alert;
  const { fields } = event;
  return (
    `{"rule":${ruleText.json},"id":"${id.second}${id.number}","TimeStamp":${event.at}` +
    entry("decoder", event.decoder) +
    entry("action", fields["action"]) +
    entry("protocol", fields["protocol"]) +
    entry("srcip", event.srcip) +
    entry("srcport", fields["srcport"]) +
    entry("srcuser", fields["srcuser"]) +
    entry("dstip", event.dstip) +
    entry("dstport", fields["dstport"]) +
    entry("dstuser", fields["dstuser"]) +
    place.location +
    entry("full_log", event.fullLog, maxLogBytes) +
    entry("previous_output", earlier(alert.previous), maxPreviousBytes) +
    place.host +
    entry("program_name", event.program) +
    entry("status", fields["status"]) +
    entry("command", fields["command"]) +
    entry("url", fields["url"]) +
    entry("data", fields["data"] ?? fields["extra_data"]) +
    entry("systemname", fields["systemname"]) +
    verdictEntry(event.verdict) +
    ownFields(event) +
    `,"timestamp":"${date}"${place.logfile}}\n`
  );
}

/** The object in which an alert names its rule. */
export function ruleJson(rule: FiredRule): string {
  const groups = rule.groups.map((group) => quoted(cut(group, maxFieldBytes))).join(",");
  return `{"level":${rule.level},"comment":${quoted(cut(rule.description, maxFieldBytes))},"sidid":${rule.id},"group":${quoted(groupList(rule))},"groups":[${groups}]}`;
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
function verdictEntry(verdict: Event["verdict"]): string {
  if (!verdict) return "";
  const { class: name, reason, remote, local } = verdict;
  const ends = entry("remote", remote) + entry("local", local);
  return `,"verdict":{"class":"${name}"${entry("reason", reason)}${ends}}`;
}

function earlier(previous: readonly string[]): string {
  return previous.length === 0 ? "" : previous.slice(0, maxPrevious).join("\n");
}

function entry(key: string, value: string | undefined, maxBytes = maxFieldBytes): string {
  return value ? `,"${key}":${quoted(cut(value, maxBytes))}` : "";
}

function quoted(text: string): string {
  if (isPlain(text)) return `"${text}"`;
  const json = JSON.stringify(text);
  return printable(json) === json ? json : json.replace(/[\u007f-\uffff]/g, escaped);
}

const plain = /^[ !#-[\]-~]*$/;

/** Whether the text is ASCII that needs no escapes. Below this length a loop is faster than the call of a regular expression. */
function isPlain(text: string): boolean {
  if (text.length > 32) return plain.test(text);
  for (let n = 0; n < text.length; n++) {
    const code = text.charCodeAt(n);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return true;
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
function ownFields({ fields, srcip, dstip }: Event): string {
  let own = "";
  let left = maxOwnFields;
  for (const name in fields) {
    const value = fields[name];
    if (!value || left === 0) continue;
    if (keysOfOssec.has(name) && !isNoAddress(name, srcip, dstip)) continue;
    left--;
    own += `,${quoted(cut(name, 100))}:${quoted(cut(value, maxOwnFieldBytes))}`;
  }
  return own === "" ? "" : `,"fields":{${own.slice(1)}}`;
}

/** Whether the field is an address by its name only. */
function isNoAddress(name: string, srcip: string | undefined, dstip: string | undefined): boolean {
  return (name === "srcip" && !srcip) || (name === "dstip" && !dstip);
}
