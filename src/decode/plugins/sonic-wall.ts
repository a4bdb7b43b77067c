import type { Category } from "../../core/event.ts";
import { compilePattern } from "../../pattern/compile.ts";
import type { Plugged } from "./plugin.ts";

const severity = compilePattern("regex", String.raw`pri=(\d) c=(\d+) m=(\d+) `);
const addresses = compilePattern(
  "regex",
  String.raw`src=(\d+.\d+.\d+.\d+):(\d+):\S+ dst=(\d+.\d+.\d+.\d+):(\d+):`,
);
const request = compilePattern("regex", String.raw`result=(\d+) dstname=(\S+) arg=(\S+)$`);

/** SonicWall's firewall (sonicwall_decoder.c). What is found before the line stops making sense is kept. */
export function sonicWall(log: string): Plugged {
  const fields: Record<string, string> = {};
  const found = severity.find(log);
  if (!found) return { fields, category: "syslog" };
  const [status = "", kind = "", id = ""] = found.groups;
  Object.assign(fields, { status, id });
  const rest = log.slice(found.end);
  const ends = addresses.find(rest);
  if (!ends) return { fields, category: "syslog" };
  const [srcip = "", srcport = "", dstip = "", dstport = ""] = ends.groups;
  Object.assign(fields, { srcip, srcport, dstip, dstport });
  const space = rest.indexOf(" ", ends.end);
  const tail = space < 0 ? "" : rest.slice(space + 1);
  if (tail.startsWith("proto=")) fields["protocol"] = tail.slice(6, 12).split("/")[0] ?? "";
  return { fields, category: kind === "32" ? "ids" : acted(id, tail, fields) };
}

/** What the message number means: the category, and the action or the request. */
function acted(id: string, tail: string, fields: Record<string, string>): Category {
  if (id === "97") {
    const [result, name = "", argument = ""] = request.find(tail)?.groups ?? [];
    if (result !== undefined) Object.assign(fields, { id: result, url: name + argument });
    return "squid";
  }
  const action = actions.get(id);
  if (action === undefined) return "syslog";
  fields["action"] = action;
  return "firewall";
}

/** By SonicWall's message number. */
const actions: ReadonlyMap<string, string> = new Map([
  ...["98", "597", "598"].map((id) => [id, "pass"] as const),
  ...["36", "37", "38", "173", "174"].map((id) => [id, "drop"] as const),
  ["537", "close"],
]);
