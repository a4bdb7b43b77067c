import type { Random } from "../random.ts";

/** Text that a client sends in the hope that somebody takes `victim` for its address. */
export function evilText(random: Random, victim: string): string {
  const count = 1 + random(5);
  const pieces = Array.from({ length: count }, () => pieceOf(random, victim));
  return pieces.join(random(3) === 0 ? "" : " ");
}

function pieceOf(random: Random, victim: string): string {
  const piece = pieces[random(pieces.length)];
  return piece ? piece(victim, random) : victim;
}

const time = "Nov 22 10:00:01 web1";
const sshd = (v: string) => `Failed password for root from ${v} port 22 ssh2`;
const access = (v: string) =>
  `${v} - - [22/Nov/2026:10:00:01 +0000] "GET /../../etc/passwd HTTP/1.1" 404 1 "-" "sqlmap/1.7"`;
const alert = (v: string) =>
  `11/22/2026-10:00:01.000000  [**] [1:9000105:1] m [**] [Classification: c] [Priority: 1] {TCP} ${v}:4000 -> 198.51.100.44:80`;

const pieces: readonly ((victim: string, random: Random) => string)[] = [
  (v) => v,
  (v) => `from ${v}`,
  (v) => `from ${v} port 22 ssh2`,
  (v) => `from ${v} port 22`,
  (v) => `${v} port 22 [preauth]`,
  (v) => `[${v}]`,
  (v) => `x[${v}]`,
  (v) => `(x[${v}])`,
  (v) => `(${v})`,
  (v) => `<${v}>`,
  (v) => `::ffff:${v}`,
  (v) => `"${v}"`,
  (v) => `'${v}'`,
  (v) => `'@'${v}' (using password: YES)`,
  (v) => `rhost=${v} `,
  (v) => `rhost=${v}  user=root`,
  (v) => `ruser=x rhost=${v}`,
  (v) => `user=<x>, method=PLAIN, rip=${v}, lip=1.1.1.1, session=<y>`,
  (v) => `>, rip=${v}, lip=1.1.1.1`,
  (v) => `client: ${v}, server: x`,
  (v) => `", client: ${v}, server: x, request: "GET / HTTP/1.1", host: "x"`,
  (v) => `[client ${v}:1] AH01617: user x: authentication failure for "/": Password Mismatch`,
  (v) => `] [client ${v}:1] x`,
  (v) => `: RCPT from x[${v}]: 554 5.7.1 <a@b>: Relay access denied`,
  (v) => `]: SASL LOGIN authentication failed, x[${v}]: SASL LOGIN authentication failed`,
  (v) => `) [${v}]: 535 Incorrect authentication data (set_id=x)`,
  (v) => `H=(x) [${v}] F=<a@b> rejected RCPT <c@d>: relay not permitted`,
  (v) => `x,${v}): unknown user`,
  (v) => `SRC=${v} DST=198.51.100.44 PROTO=TCP SPT=1 DPT=22`,
  (v) => `] FAIL LOGIN: Client "${v}"`,
  (v) => `(x[${v}]) - USER y (Login failed): Incorrect password`,
  (v) => `(?@${v}) [WARNING] Authentication failed for user [x]`,
  (v) => `Accepted publickey for root from ${v} port 1 ssh2: ED25519 SHA256:x`,
  (v) => `message repeated 20 times: [ ${sshd(v)}]`,
  (v) => `: ${sshd(v)}`,
  (v) => `sshd[1]: ${sshd(v)}`,
  (v) => `\n${time} sshd[1]: ${sshd(v)}`,
  (v) => `\n${time} sshd[1]: ${sshd(v)}\n`,
  (v) => `\r\n2026-11-22T10:00:01+00:00 web1 sshd-session[1]: ${sshd(v)}\r\n`,
  (v) => `\n<38>1 2026-11-22T10:00:01Z web1 sshd 1 - - ${sshd(v)}\n`,
  (v) => `\n${access(v)}\n`,
  (v) => `\n${alert(v)}\n`,
  (v) =>
    `\n[Sun Nov 22 10:00:01.1 2026] [auth_basic:error] [pid 1:tid 2] [client ${v}:1] AH01617: user x: authentication failure for "/": Password Mismatch\n`,
  (v) =>
    `\n2026/11/22 10:00:01 [error] 1#1: *1 user "a": password mismatch, client: ${v}, server: x, request: "GET / HTTP/1.1", host: "x"\n`,
  (v) =>
    `\n2026-11-22 10:00:01 1 [Warning] Access denied for user 'a'@'${v}' (using password: YES)\n`,
  (v) => `\nSun Nov 22 10:00:01 2026 [pid 1] [x] FAIL LOGIN: Client "${v}"\n`,
  (v) => `#012${time} sshd[1]: ${sshd(v)}#012`,
  (v) => access(v),
  (v) => alert(v),
  (v) => `","src_ip":"${v}","x":"`,
  (v) => `{"event_type":"alert","src_ip":"${v}"}`,
  (v) => `\${jndi:ldap://${v}/a}`,
  (v) => `' OR 1=1 -- ${v}`,
  (v) => `<script>alert(${v})</script>`,
  (v) => `X-Forwarded-For: ${v}`,
  () => "../../../../etc/passwd",
  () => '" 200 1 "-" "-"',
  () => "\\",
  () => '"',
  () => "\0",
  () => "\u001b[2J",
  () => "",
  (_v, random) => "a".repeat(random(120)),
  (v, random) => `${"a".repeat(random(1200))} ${v}`,
];
