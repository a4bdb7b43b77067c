import { clockTime, dayFirstStamp, digits, isoStamp, type Stamp, yearLastStamp } from "./stamp.ts";

/**
 * The time of a line that has no syslog header, where its program writes one: access logs of web servers, Apache's,
 * nginx's and PHP's error logs, squid, audit, unbound, named, Redis, MySQL's log, ctime(3). Undefined for any other line.
 */
export function lineStamp(line: string): Stamp | undefined {
  switch (kindOf(line.charCodeAt(0))) {
    case "bracket":
      return yearLastStamp(line, 5) ?? dayFirstStamp(line, 1) ?? epochStamp(line, 1);
    case "letter":
      return yearLastStamp(line, 4) ?? mysqlStamp(line) ?? auditStamp(line) ?? accessStamp(line);
    case "digit":
      return numberStamp(line) ?? accessStamp(line) ?? redisStamp(line);
    default:
      return accessStamp(line);
  }
}

/** "2026/11/22 10:00:01 [error] …", "22-Nov-2026 10:00:01.123 …", "1795341541.368 …" */
function numberStamp(line: string): Stamp | undefined {
  return isoStamp(line, 0) ?? dayFirstStamp(line, 0) ?? epochStamp(line, 0);
}

function kindOf(code: number): "bracket" | "letter" | "digit" | undefined {
  if (code === 91) return "bracket";
  if (code > 47 && code < 58) return "digit";
  return code > 64 && code < 123 ? "letter" : undefined;
}

/** "192.0.2.1 - NAME [22/Nov/2026:10:00:01 +0000] "GET …": a name cannot hold the quote, which servers escape. */
function accessStamp(line: string): Stamp | undefined {
  const end = line.indexOf('] "');
  return end < 27 || line[end - 27] !== "[" ? undefined : dayFirstStamp(line, end - 26);
}

/** Seconds since 1970 with ten digits, as squid, audit and unbound write them, with or without milliseconds. */
function epochStamp(line: string, from: number): Stamp | undefined {
  const seconds = digits(line, from, 10);
  const behind = line[from + 10];
  if (Number.isNaN(seconds) || (behind !== "." && behind !== "]")) return undefined;
  const milliseconds = behind === "." ? digits(line, from + 11, 3) : 0;
  const within = seconds * 1000 + milliseconds;
  if (Number.isNaN(within)) return undefined;
  return { year: 1970, month: 1, date: 1, hours: 0, within, zone: 0, end: from + 10 };
}

/** "type=USER_AUTH msg=audit(1310592861.936:1222): …" */
function auditStamp(line: string): Stamp | undefined {
  if (!line.startsWith("type=")) return undefined;
  const at = line.indexOf(" msg=audit(");
  return at > 0 && at < 64 ? epochStamp(line, at + 11) : undefined;
}

/** OSSEC's word for a line of MySQL's log, whatever the file said: "MySQL log: 2026-11-22T10:00:01.123456Z 8 …". */
function mysqlStamp(line: string): Stamp | undefined {
  return line.startsWith("MySQL log: ") ? isoStamp(line, 11) : undefined;
}

/** "1234:M 22 Nov 2026 10:00:01.123 # …" */
function redisStamp(line: string): Stamp | undefined {
  const colon = line.indexOf(":");
  return colon > 0 && colon < 11 && clockTime(line, colon + 15)
    ? dayFirstStamp(line, colon + 3)
    : undefined;
}
