import { alsoInSyslog } from "../config/read-twice.ts";

/** Facilities of syslog(3) that a syslog daemon writes to each of its usual files; "rest" is what no other file has. */
const usual: Readonly<Record<string, readonly number[] | "rest">> = {
  "/var/log/auth.log": [4, 10],
  "/var/log/secure": [4, 10],
  "/var/log/kern.log": [0],
  "/var/log/mail.log": [2],
  "/var/log/maillog": [2],
  "/var/log/syslog": "rest",
  "/var/log/messages": "rest",
};

export function isUsualLog(path: string): boolean {
  return Object.hasOwn(usual, path);
}

/** Whether the messages of `path` are in the general log among `present`, too: so Debian's syslog daemon is set up. */
export function isInSyslog(path: string, present: readonly string[]): boolean {
  return alsoInSyslog.includes(path) && present.includes("/var/log/syslog");
}

/** The facilities that are missing together with the files `absent`, without those that the files `present` have. */
export function facilitiesOf(absent: readonly string[], present: readonly string[]): number[] {
  const named = (path: string) => (isUsualLog(path) && usual[path] !== "rest" ? usual[path] : []);
  const wanted = absent.flatMap((path) => named(path) ?? []);
  if (!absent.some((path) => usual[path] === "rest")) return [...new Set(wanted)];
  const elsewhere = [...authentication, ...present.flatMap((path) => named(path) ?? [])];
  return everyFacility.filter((one) => wanted.includes(one) || !elsewhere.includes(one));
}

const everyFacility: readonly number[] = Array.from({ length: 24 }, (_, facility) => facility);
/** Passwords are typed as user names: syslog daemons keep these facilities out of the general log. */
const authentication: readonly number[] = [4, 10];
