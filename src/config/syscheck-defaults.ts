import type { SyscheckDraft } from "./syscheck.ts";
import { allChecks, anyDepth } from "./syscheck-directories.ts";
import type { PathPattern, WatchedDirectory } from "./syscheck-settings.ts";

/** Fills in what is watched where the settings do not say it. What they ignore is ignored besides. */
export function withDefaults(draft: SyscheckDraft): SyscheckDraft {
  if (draft.directories.length > 0) return draft;
  return { ...draft, directories, accountKeys: true, ignore: [...ignore, ...draft.ignore] };
}

function watched(path: string, reportChanges = false): WatchedDirectory {
  return { path, checks: allChecks, realtime: true, reportChanges, depth: anyDepth, tags: [] };
}

/** Settings and programs, what starts them, and who may log in. */
const directories: WatchedDirectory[] = [
  watched("/etc", true),
  ...["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"].map((path) =>
    watched(path),
  ),
  ...["/usr/lib/systemd", "/usr/lib/stockade", "/usr/share/stockade", "/boot"].map((path) =>
    watched(path),
  ),
  watched("/var/spool/cron", true),
  // What verdicts rest on, and scripts that run as root at the next upgrade.
  watched("/var/lib/dpkg/info"),
  ...["/root/.ssh", "/home/*/.ssh"].map(keysIn),
];

/** The folder and not its files: where it is a link, sshd reads what that leads to. No deeper, for it is a user's own. */
export function keysIn(path: string): WatchedDirectory {
  return { ...keysAt(path), restrict: "/.ssh$|/authorized_keys" };
}

/** A file of keys, whatever it is called. */
export function keysAt(path: string): WatchedDirectory {
  return { ...watched(path, true), depth: 0, keys: true };
}

/**
 * What changes by itself. Anchored at both ends: a prefix would hide what an attacker
 * puts beside it.
 */
const ignore: PathPattern[] = [
  { kind: "sregex", pattern: "^/etc/mtab$|^/etc/adjtime$|^/etc/.pwd.lock$" },
  { kind: "sregex", pattern: "^/boot/grub/grubenv$|^/etc/cups/certs/" },
  // atd's: what a job says while it runs, the second name that the job has then, and how many there were.
  {
    kind: "sregex",
    pattern: "^/var/spool/cron/atspool/|^/var/spool/cron/atjobs/=|^/var/spool/cron/atjobs/.SEQ$",
  },
];
