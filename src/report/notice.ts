import * as z from "zod";
import type { Alert } from "../core/alert.ts";
import type { AlertVerdict } from "../core/verdict.ts";
import { localTime } from "./local-time.ts";
import { disarm, shown } from "./shown.ts";

/** An alert as a mail will tell it. All text in it is printable and bounded. */
export const Notice = z.strictObject({
  /** The alert's id in alerts.log. */
  id: z.string(),
  /** The event's time, in milliseconds since 1970. */
  at: z.number(),
  rule: z.number(),
  level: z.number(),
  description: z.string(),
  host: z.string(),
  /** The source address, or "" where there is none. */
  source: z.string(),
  /** The whole notification. */
  text: z.string(),
});
export type Notice = z.infer<typeof Notice>;

const maxLines = 50;
/** RFC 5322 ends a line at 998 bytes: longer ones would have to be encoded and could not be read as they are. */
const maxLineBytes = 950;
const maxNameBytes = 300;

/** Writes the notification of one alert, as OSSEC words it. `hostname` stands in where the event names no host. */
export function noticeOf(alert: Alert, id: string, hostname: string): Notice {
  const { rule, event } = alert;
  const host = shown(event.host ?? hostname, 100);
  const description = shown(rule.description, maxNameBytes);
  const user = event.fields["dstuser"];
  const head = [
    "Stockade HIDS Notification.",
    localTime(event.at),
    "",
    `Received From: ${host}->${shown(event.location, maxNameBytes)}`,
    `Rule: ${rule.id} fired (level ${rule.level}) -> "${description}"`,
    ...(event.srcip ? [`Src IP: ${event.srcip}`] : []),
    ...(event.dstip ? [`Dst IP: ${event.dstip}`] : []),
    ...(event.verdict ? [verdictLine(event.verdict)] : []),
    ...(user ? [`User: ${shown(user, maxNameBytes)}`] : []),
  ];
  const lines = [...head, "Portion of the log(s):", "", ...logPortion(alert), "", ` ${end}`, ""];
  return {
    id,
    at: event.at,
    rule: rule.id,
    level: rule.level,
    description,
    host,
    source: event.srcip ?? "",
    text: lines.join("\n"),
  };
}

/** "Verdict: attacked-by 192.0.2.7, because …" */
function verdictLine({ class: name, reason, remote, local }: AlertVerdict): string {
  const [who, here] = [
    remote ? ` ${remote}` : "",
    local && name === "called-out" ? ` from ${local}` : "",
  ];
  return `Verdict: ${name}${who}${here}, because ${shown(reason, maxNameBytes)}`;
}

const end = "--END OF NOTIFICATION";

/**
 * What may not begin a line of log text: the escapes of mail programs (`~!` in mailutils and s-nail ran as a command,
 * fail2ban's CVE-2021-32749), SMTP's final dot, mbox's "From ", the signature mark, and what would pass for the
 * head or the end of a notification. Such a line gets a space in front.
 */
const imitation =
  /^(?:[~!.]|From |--|\s*--END OF|Stockade HIDS|Received From:|Rule: |Src IP: |Dst IP: |User: |Verdict: |Portion of the log)/i;

function logPortion({ event, previous }: Alert): string[] {
  const shownLines = [event.fullLog, ...previous.slice(0, maxLines - 1)];
  const portion = shownLines.map((line) => disarm(shown(line, maxLineBytes), imitation));
  const left = previous.length + 1 - shownLines.length;
  return left > 0 ? [...portion, `(${left} earlier lines left out)`] : portion;
}
