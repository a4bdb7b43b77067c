import { type FollowedLog, isFollowedLog, type LocalFile } from "./local-file.ts";

/** Files whose lines Debian's rsyslog writes to /var/log/syslog, too (`*.*;auth,authpriv.none`). */
export const alsoInSyslog: readonly string[] = [
  "/var/log/mail.log",
  "/var/log/mail.info",
  "/var/log/kern.log",
  "/var/log/cron.log",
  "/var/log/user.log",
  "/var/log/daemon.log",
];

/**
 * Whether `log` and those before it would give messages twice, and which: eight wrong passwords would be four. In words
 * for the admin, undefined where not.
 */
export function readTwice(log: LocalFile, before: readonly LocalFile[]): string | undefined {
  if (!isFollowedLog(log)) return undefined;
  const first = placeOf(log);
  const others = before.filter(isFollowedLog).map(placeOf);
  const other = others.find((one) => isWithin(one, first) || isWithin(first, one));
  if (other === undefined) return undefined;
  const [part, whole] = isWithin(first, other) ? [first, other] : [other, first];
  return `names ${first}: where rsyslog runs as Debian sets it up, the messages of ${part} are in ${whole}, too, and each would count twice`;
}

const journal = "the journal";

function placeOf(log: FollowedLog): string {
  return log.logFormat === "journald" ? journal : log.location;
}

function isWithin(part: string, whole: string): boolean {
  if (whole === journal) return ["/var/log/auth.log", "/var/log/syslog"].includes(part);
  return whole === "/var/log/syslog" && alsoInSyslog.includes(part);
}
