import { compilePattern } from "../../../pattern/compile.ts";
import type { TrojanSign } from "../formats/rootkit-trojans.ts";

/** What trojans of programs have in them. Only programs are asked that are not what their package recorded. */
export function trojanSigns(): TrojanSign[] {
  return rows.flatMap(([programs, source, description]) => {
    const pattern = compilePattern("pcre2", source);
    return programs.map((program): TrojanSign => ({ program, pattern, description }));
  });
}

const showing = words("ls du find ps top pgrep pidof pstree killall lsof netstat ss ip ifconfig");
const admitting = words("login su sudo passwd sshd chsh chfn agetty");
const other = words("who w last id uname date cat grep tcpdump crontab cron systemctl rsyslogd");

const rows: readonly (readonly [programs: readonly string[], pattern: string, what: string])[] = [
  [showing, "^/dev/pty[pqrs]$", "lists of what to hide, as of lrk"],
  [showing, "/usr/src/\\.puta|/usr/info/\\.t0rn|^\\.1(?:file|proc|addr|logz)$", "t0rn"],
  [
    [...showing, ...other],
    "^/bin/(?:ba|da|k|z)?sh$|\\bbash -i\\b",
    "a shell that it has no use for",
  ],
  [
    [...showing, ...admitting, ...other],
    "^/(?:dev|dev/shm|tmp|var/tmp|usr/(?:lib|include|share))/\\.[^/.]",
    "the name of a hidden file",
  ],
  [[...showing, ...admitting, ...other], "/dev/tcp/|^HISTFILE=/dev/null", "a remote shell"],
];

function words(text: string): string[] {
  return text.split(" ");
}
