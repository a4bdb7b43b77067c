import { type Check, note, ok, unknown, wrong } from "../finding.ts";

/** Lines that seem old block nobody, and windows of rules count by their times. */
export const clock: Check = async ({ hasSystemd, run, status, now }) => {
  const stamp = status.daemon?.writtenAt;
  if (stamp !== undefined && stamp - now > 60_000) {
    return [
      wrong("the clock was set back: the daemon's last word is of the future", "stockade restart"),
    ];
  }
  if (!hasSystemd) return [note("without systemd nobody says whether the clock is synchronised")];
  const inside = await run("systemd-detect-virt", "--container");
  if (inside.ok) return [note(`in a container (${inside.output}) the clock is the host's`)];
  const said = await run("timedatectl", "show", "--property=NTPSynchronized,NTP");
  if (!said.ok) return [unknown(`timedatectl says nothing: ${said.reason}`)];
  if (said.output.includes("NTPSynchronized=yes")) return [ok("the clock is synchronised")];
  return [
    wrong(
      "the clock is not synchronised",
      said.output.includes("NTP=yes")
        ? "is UDP port 123 open? timedatectl timesync-status tells"
        : "apt-get install systemd-timesyncd && timedatectl set-ntp true",
    ),
  ];
};
