import type { Decoder } from "../decoder.ts";

/**
 * OpenSSH's server. From 9.8 on the part that speaks with the client is a program of its own, `sshd-session`, and
 * from 10.0 on the part before the login is `sshd-auth`.
 */
export const sshd: Decoder = {
  name: "sshd",
  programs: ["sshd", "sshd-session", "sshd-auth"],
  patterns: [
    /^Failed (?<status>\S+) for (?:invalid user |illegal user )?(?<user>.*) from (?<srcip>\S+) port (?<srcport>\d+)(?: ssh\d)?(?:: .*)?$/,
    /^(?:Invalid|Illegal) user (?<user>.*) from (?<srcip>[^\s:]\S*?)(?: port (?<srcport>\d+))?$/,
    /^Accepted (?<status>\S+) for (?<user>.*) from (?<srcip>\S+) port (?<srcport>\d+)(?: ssh\d)?(?:: \S+ \S+)?$/,
    /^(?:Connection (?:closed|reset) by|Disconnected from) (?:authenticating|invalid) user (?<user>.*) (?<srcip>\S+) port (?<srcport>\d+)(?: \[preauth\])?$/,
    /^error: maximum authentication attempts exceeded for (?:invalid user )?(?<user>.*) from (?<srcip>\S+) port (?<srcport>\d+)(?: ssh\d)?(?: \[preauth\])?$/,
    /^User (?<user>.*) from (?<srcip>\S+) not allowed because .*$/,
    /^pam_unix\(sshd:auth\): authentication failure; logname=\S* uid=\d+ euid=\d+ tty=\S* ruser=\S* rhost=(?<srcip>\S+)(?: {1,2}user=(?<user>.*))?$/,
    /^(?:Did not receive identification string from|Bad protocol version identification '.*' from|Unable to negotiate with|banner exchange: Connection from) (?<srcip>\S+) port (?<srcport>\d+)(?:: .*)?$/,
    /^(?:Received disconnect from|Disconnected from|Connection (?:closed|reset) by) (?<srcip>[\da-fA-F.:]+) port (?<srcport>\d+)(?::.*| \[preauth\])?$/,
  ],
};
