import { basename, dirname } from "node:path";
import { type EntryFormat, endedByMark, nothing } from "./join-lines.ts";

/** TAI64N (cr.yp.to/libtai/tai64.html) as multilog writes it. */
const stamped = /^@4([\da-f]{15})([\da-f]{8}) +(.*)$/s;
const syslogTime = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /;
/** multilog counts TAI ten seconds ahead of UTC and knows of no later leap seconds. */
const taiAhead = 10;

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/**
 * daemontools' multilog, below "/PROGRAM/current": "@TAI64N text" becomes "Mon DD hh:mm:ss HOST PROGRAM: text". A text
 * with a time of its own stays as it is.
 */
export function djbMultilog(path: string, hostname: string): EntryFormat {
  const program = basename(dirname(path));
  return {
    limits: endedByMark,
    step(line) {
      const [, seconds, , text] = stamped.exec(line) ?? [];
      if (seconds === undefined || text === undefined) return nothing;
      if (syslogTime.test(text)) return { is: "whole", text };
      const at = new Date((Number.parseInt(seconds, 16) - taiAhead) * 1000);
      return { is: "whole", text: `${syslogTimeOf(at)} ${hostname} ${program}: ${text}` };
    },
  };
}

function syslogTimeOf(at: Date): string {
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(padded).join(":");
  return `${months[at.getMonth()]} ${padded(at.getDate())} ${clock}`;
}

function padded(number: number): string {
  return String(number).padStart(2, "0");
}
