import type { Fields } from "../../core/event.ts";
import { isObject, type JsonObject, objectIn } from "./json-object.ts";
import type { Reading } from "./reading.ts";
import { stampIn } from "./stamp.ts";

/**
 * Reads an alert of Suricata's eve.json. Its fields and its decoder are those of the same alert in fast.log, so that the
 * same rules judge it, and so is the text that rules look at: one server logs it here, another there. Undefined for any
 * other line, the events of other types among them.
 */
export function readEve(line: string): Reading | undefined {
  const object = objectIn(line);
  const alert = object?.["alert"];
  if (object?.["event_type"] !== "alert" || !isObject(alert)) return undefined;
  const fields = fieldsOf(object, alert);
  if (fields["sid"] === undefined) return undefined;
  const at = stampIn(object["timestamp"]);
  return { at, start: 0, decoder: "snort-fast", category: "ids", fields, log: fastLog(fields) };
}

/** First what a line of fast.log has, see `snortFastFields`, then what only eve.json knows. */
function fieldsOf(object: JsonObject, alert: JsonObject): Fields {
  const fields: Record<string, string> = {};
  const set = (name: string, value: unknown) => {
    if (typeof value === "number") fields[name] = String(value);
    else if (typeof value === "string" && value !== "") fields[name] = value;
  };
  set("gid", alert["gid"]);
  set("sid", alert["signature_id"]);
  set("rev", alert["rev"]);
  set("msg", alert["signature"]);
  set("classification", alert["category"]);
  set("priority", alert["severity"]);
  set("protocol", object["proto"]);
  set("action", alert["action"] === "blocked" ? "Drop" : undefined);
  set("srcip", object["src_ip"]);
  set("dstip", object["dest_ip"]);
  // A type and a code stand in the place of ports elsewhere; fast.log's reader leaves them out, too.
  const hasPorts = withPorts.includes(String(object["proto"]));
  set("srcport", hasPorts ? object["src_port"] : undefined);
  set("dstport", hasPorts ? object["dest_port"] : undefined);
  set("direction", object["direction"]);
  set("app_proto", object["app_proto"]);
  set("url", within(object["http"], "url"));
  set("http.hostname", within(object["http"], "hostname"));
  set("flow.pkts_toserver", within(object["flow"], "pkts_toserver"));
  set("flow.pkts_toclient", within(object["flow"], "pkts_toclient"));
  return fields;
}

const withPorts: readonly string[] = ["TCP", "UDP", "SCTP"];

function within(part: unknown, name: string): unknown {
  return isObject(part) ? part[name] : undefined;
}

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
