import { type Check, type Finding, orOk, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

const ours = "/etc/logrotate.d/stockade";
const staleMilliseconds = 3 * 86_400_000;
const state = "/var/lib/logrotate/status";

/** Logs are rotated, by renaming, and not twice. */
export const rotation: Check = async (machine) =>
  orOk(
    [...settingsOf(machine), ...copying(machine), ...lastRunOf(machine)],
    "logs are rotated by renaming",
  );

function settingsOf({ stat }: Machine): Finding[] {
  if (stat(ours)) return [];
  return [wrong(`${ours} is not there: logs grow without end`, "run the installer again")];
}

/** Lines that are written between the copy and the truncation are lost. */
function copying({ names, read }: Machine): Finding[] {
  return names("/etc/logrotate.d")
    .filter((name) => !/\.(?:disabled|dpkg-\w+|bak)$/.test(name))
    .map((name) => ({ name, text: read(`/etc/logrotate.d/${name}`) ?? "" }))
    .filter(({ text }) => text.includes("/var/log/suricata") && /^\s*copytruncate/m.test(text))
    .map(({ name }) =>
      wrong(
        `/etc/logrotate.d/${name} copies and truncates Suricata's logs: lines get lost`,
        `take copytruncate out of it, or: mv /etc/logrotate.d/${name}{,.disabled}`,
      ),
    );
}

function lastRunOf({ stat, now, hasSystemd }: Machine): Finding[] {
  const at = stat(state)?.mtimeMs;
  if (at !== undefined && now - at < staleMilliseconds) return [];
  const since = stat(ours)?.mtimeMs ?? now;
  // A server that is new has rotated nothing yet.
  if (at === undefined && now - since < staleMilliseconds) return [];
  const fix = hasSystemd
    ? "systemctl enable --now logrotate.timer"
    : "logrotate /etc/logrotate.conf, once a day";
  return [wrong("logrotate has not run for three days", fix)];
}
