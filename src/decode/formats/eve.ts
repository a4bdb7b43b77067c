import type { Fields } from "../../core/event.ts";
import type { Reading } from "./formats.ts";
import { flattened, objectIn } from "./json-object.ts";
import { stampIn } from "./stamp.ts";

/** What eve.json calls each field of a fast.log line; see `snortFastFields`. */
const alike = [
  ["gid", "alert.gid"],
  ["sid", "alert.signature_id"],
  ["rev", "alert.rev"],
  ["msg", "alert.signature"],
  ["classification", "alert.category"],
  ["priority", "alert.severity"],
  ["protocol", "proto"],
  ["srcip", "src_ip"],
  ["dstip", "dest_ip"],
] as const;

/** What only eve.json knows. */
const more = [
  ["direction", "direction"],
  ["app_proto", "app_proto"],
  ["url", "http.url"],
  ["http.hostname", "http.hostname"],
  ["flow.pkts_toserver", "flow.pkts_toserver"],
  ["flow.pkts_toclient", "flow.pkts_toclient"],
] as const;

/**
 * Reads an alert of Suricata's eve.json. Its fields and its decoder are those of the same alert in fast.log, so that the
 * same rules judge it, and so is the text that rules look at: one server logs it here, another there. Undefined for any
 * other line, the events of other types among them.
 */
export function readEve(line: string): Reading | undefined {
  const object = objectIn(line);
  if (object?.["event_type"] !== "alert") return undefined;
  const all = flattened(object);
  if (all["alert.signature_id"] === undefined) return undefined;
  const fields = fieldsOf(all);
  const at = stampIn(all["timestamp"]);
  return { at, start: 0, decoder: "snort-fast", category: "ids", fields, log: fastLog(fields) };
}

function fieldsOf(all: Fields): Fields {
  const fields: Record<string, string> = {};
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== "") fields[name] = value;
  };
  for (const [name, from] of alike) set(name, all[from]);
  if (all["alert.action"] === "blocked") set("action", "Drop");
  // A type and a code stand in the place of ports elsewhere; fast.log's reader leaves them out, too.
  if (withPorts.includes(all["proto"] ?? "")) {
    set("srcport", all["src_port"]);
    set("dstport", all["dest_port"]);
  }
  for (const [name, from] of more) set(name, all[from]);
  return fields;
}

const withPorts: readonly string[] = ["TCP", "UDP", "SCTP"];

/** As Suricata's alert-fastlog.c writes it. */
function fastLog(fields: Fields): string {
  const { action, gid = "1", sid, rev = "0", msg = "", classification, priority } = fields;
  const { protocol, srcip, srcport = "0", dstip, dstport = "0" } = fields;
  const drop = action === undefined ? "" : `[${action}] `;
  const rule = `[**] [${gid}:${sid}:${rev}] ${msg} [**]`;
  const kind = `[Classification: ${classification ?? "(null)"}] [Priority: ${priority ?? "3"}]`;
  const ends =
    srcip === undefined ? "" : ` {${protocol}} ${srcip}:${srcport} -> ${dstip}:${dstport}`;
  return `${drop}${rule} ${kind}${ends}`;
}
