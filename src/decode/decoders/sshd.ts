import type { Decoder } from "../decoder.ts";

const from = String.raw` from \S+ port \d+ ssh\d`;
/** What follows the address when a key was shown: "ED25519 SHA256:…", and before OpenSSH 6.8 bare MD5 in hex. */
const key = String.raw`: [A-Z][A-Z\d-]* (?:SHA256:|MD5:|(?:[\da-f]{2}:){15})`;
/** One place in a line where sshd itself may have written the address. */
const origin = `${from}(?:$|${key})`;

/**
 * OpenSSH's server. From 9.8 on the part that speaks with the client is a program of its own, `sshd-session`, and
 * from 10.0 on the part before the login is `sshd-auth`. Messages as its auth.c (auth_log, format_method_key),
 * auth-pam.c, packet.c and sshd.c write them: a name of up to 100 characters is the client's, and control characters
 * arrive escaped.
 */
export const sshd: Decoder = {
  name: "sshd",
  programs: ["sshd", "sshd-session", "sshd-auth"],
  // The frequent ones first: each that does not fit costs time.
  patterns: [
    /^Failed (?<status>(?!publickey |hostbased )\S+) for (?:invalid user |illegal user )?(?<dstuser>.*) from (?<srcip>\S+) port (?<srcport>\d+)(?: ssh\d)?$/s,
    // After the key come a certificate's key id and a client's user name, which the client chose: one origin, or none.
    new RegExp(
      `^Failed (?<status>publickey|hostbased) for (?:invalid user |illegal user )?(?<dstuser>(?:(?!${origin}).)*) from (?<srcip>\\S+) port (?<srcport>\\d+) ssh\\d(?:$|${key})(?!.*${origin})`,
      "s",
    ),
    /^(?:Invalid|Illegal) user (?<dstuser>.*) from (?<srcip>[^\s:]\S*?)(?: port (?<srcport>\d+))?$/s,
    /^(?:error: )?(?:Did not receive identification string from|Unable to negotiate with|banner exchange: Connection from|Received disconnect from|Disconnected from|Connection (?:closed|reset) by|ROOT LOGIN REFUSED FROM) (?<srcip>[\da-fA-F.:]+) port (?<srcport>\d+)(?::| \[preauth\]$|$)/,
    // Who is let in is a user of this system, whose name imitates nothing; the key id behind it may: the first wins.
    /^Accepted (?<status>\S+) for (?<dstuser>.*?) from (?<srcip>\S+) port (?<srcport>\d+)(?: ssh\d)?(?:$|: )/s,
    /^(?:Connection (?:closed|reset) by|Disconnected from) (?:authenticating|invalid) user (?<dstuser>.*) (?<srcip>\S+) port (?<srcport>\d+)(?: \[preauth\])?$/s,
    // "Change of username …" ends in names the client chose, cut off where it likes.
    /^Disconnecting (?:authenticating|invalid) user (?!.*: Change of username)(?<dstuser>.*) (?<srcip>\S+) port (?<srcport>\d+): Too many authentication failures(?: \[preauth\])?$/s,
    /^error: maximum authentication attempts exceeded for (?:invalid user )?(?<dstuser>.*) from (?<srcip>\S+) port (?<srcport>\d+)(?: ssh\d)?(?: \[preauth\])?$/s,
    /^User (?<dstuser>.*) from (?<srcip>\S+) not allowed because /s,
    /^error: PAM: (?:Authentication failure|User not known to the underlying authentication module|Permission denied) for (?:illegal user )?(?<dstuser>.*) from (?<srcip>\S+)$/s,
    /^(?:pam_unix\(sshd:auth\): authentication failure|PAM \d+ more authentication failures?); logname=\S* uid=\d+ euid=\d+ tty=\S* ruser=\S* rhost=(?<srcip>\S+)(?: {1,2}user=(?<dstuser>.*))?$/s,
    /^Bad protocol version identification '.*' from (?<srcip>\S+) port (?<srcport>\d+)$/s,
    /^(?:fatal: )?Timeout before authentication for (?:connection from )?(?<srcip>[\da-fA-F.:]+)(?: port (?<srcport>\d+)| to \S+, pid = \d+)$/,
    /^drop connection #\d+ from \[(?<srcip>[\da-fA-F.:]+)\]:(?<srcport>\d+) on \[[^\]]*\]:\d+ (?:past MaxStartups|penalty: )/,
  ],
};
