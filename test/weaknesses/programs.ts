import { matchesGlob } from "node:path";
import { loadSettings } from "../../src/config/load.ts";
import type { Line, LogFormat } from "../../src/core/event.ts";

const { settings } = loadSettings("config/stockade.conf");

/** As the shipped settings read a log; one that they leave out is the admin's to add, as syslog. */
function formatOf(location: string): LogFormat {
  const known = settings.localFiles.find((log) => matchesGlob(location, log.location ?? ""));
  return (known?.logFormat ?? "syslog") as LogFormat;
}

/** What a program writes of one client: its true address, what the client said, and the client's host name. */
interface Writer {
  readonly name: string;
  readonly location: string;
  readonly write: (client: Client) => string;
}

export interface Client {
  readonly peer: string;
  /** Whatever the client likes. */
  readonly evil: string;
  /** From the reverse zone, which may be the client's own: letters, digits, dots and hyphens. */
  readonly host: string;
  readonly port: number;
  /** Of the day. */
  readonly second: number;
}

/** The lines that end up in the log: what a program does not escape makes lines of its own. */
export function linesOf({ location, write }: Writer, client: Client): Line[] {
  const format = formatOf(location);
  const receivedAt = Date.UTC(2026, 10, 22) + client.second * 1000;
  return write(client)
    .split(/\r?\n/)
    .filter((text) => text !== "")
    .map((text) => ({ text, location, format, receivedAt }));
}

const two = (number: number) => String(Math.floor(number)).padStart(2, "0");
const clock = (second: number) =>
  `${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)}`;

/** Each character as `written` puts it, by its code. */
const written = (text: string, by: (code: number, character: string) => string) =>
  [...text].map((character) => by(character.charCodeAt(0), character)).join("");
const isControl = (code: number) => code < 32 || code === 127;
const isOdd = (code: number) => isControl(code) || code > 127;
const octal = (code: number) => code.toString(8).padStart(3, "0");
const hex = (code: number) => code.toString(16).toUpperCase().padStart(2, "0");

/** rsyslog makes one line of a message, whatever is in it. */
const control = (text: string) =>
  written(text, (code, c) => (isControl(code) ? `#${octal(code)}` : c));
const questioned = (text: string) => written(text, (code, c) => (isOdd(code) ? "?" : c));
/** nginx: ngx_http_log_module's escaping. */
const nginx = (text: string) =>
  written(text, (code, c) => (isOdd(code) || c === '"' || c === "\\" ? `\\x${hex(code)}` : c));
/** Apache: ap_escape_logitem. */
const apache = (text: string) =>
  written(text, (code, c) => {
    if (c === '"' || c === "\\") return `\\${c}`;
    if (c === "\n") return "\\n";
    if (c === "\r") return "\\r";
    return isOdd(code) ? `\\x${hex(code).toLowerCase()}` : c;
  });
/** sshd: strnvis(3) with VIS_SAFE and VIS_OCTAL; a user name has 100 characters at most there. */
const vis = (text: string) =>
  written(text.slice(0, 100), (code, c) => (isOdd(code) && c !== "\t" ? `\\${octal(code)}` : c));

function syslog(
  program: string,
  write: (client: Client) => string,
  location = "/var/log/syslog",
): Writer {
  return {
    name: program,
    location,
    write: (client) => `Nov 22 ${clock(client.second)} web1 ${program}: ${control(write(client))}`,
  };
}

const sshd = (write: (client: Client & { readonly user: string }) => string) =>
  syslog("sshd[42]", (one) => write({ ...one, user: vis(one.evil) }), "/var/log/auth.log");

const file = (name: string, location: string, write: Writer["write"]): Writer => ({
  name,
  location,
  write,
});

const accessTime = (second: number) => `[22/Nov/2026:${clock(second)} +0000]`;

export const writers: readonly Writer[] = [
  sshd(({ user, peer, port }) => `Invalid user ${user} from ${peer} port ${port}`),
  sshd(
    ({ user, peer, port }) =>
      `Failed password for invalid user ${user} from ${peer} port ${port} ssh2`,
  ),
  sshd(
    ({ user, peer, port }) =>
      `Failed keyboard-interactive/pam for invalid user ${user} from ${peer} port ${port} ssh2`,
  ),
  sshd(
    ({ user, peer, port }) =>
      `Connection closed by invalid user ${user} ${peer} port ${port} [preauth]`,
  ),
  sshd(
    ({ user, peer, port }) =>
      `Disconnected from invalid user ${user} ${peer} port ${port} [preauth]`,
  ),
  sshd(
    ({ user, peer, port }) =>
      `Disconnecting invalid user ${user} ${peer} port ${port}: Too many authentication failures [preauth]`,
  ),
  sshd(
    ({ user, peer, port }) =>
      `error: maximum authentication attempts exceeded for invalid user ${user} from ${peer} port ${port} ssh2 [preauth]`,
  ),
  sshd(
    ({ user, peer, port }) =>
      `Bad protocol version identification '${user}' from ${peer} port ${port}`,
  ),
  sshd(
    ({ user, peer, port }) =>
      `Unable to negotiate with ${peer} port ${port}: no matching key exchange method found. Their offer: ${user} [preauth]`,
  ),
  sshd(
    ({ host }) =>
      `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${host}  user=root`,
  ),
  sshd(
    ({ user, peer }) => `User ${user} from ${peer} not allowed because not listed in AllowUsers`,
  ),
  file(
    "nginx",
    "/var/log/nginx/access.log",
    ({ evil, peer, second }) =>
      `${peer} - ${nginx(evil)} ${accessTime(second)} "GET /${nginx(evil)} HTTP/1.1" 404 153 "${nginx(evil)}" "${nginx(evil)}"`,
  ),
  file(
    "nginx",
    "/var/log/nginx/access.log",
    ({ evil, peer, second }) =>
      `${peer} - - ${accessTime(second)} "${nginx(evil)}" 400 153 "-" "-"`,
  ),
  file(
    "nginx",
    "/var/log/nginx/access.log",
    ({ evil, peer, second }) =>
      `${peer} - - ${accessTime(second)} "GET /?q=${encodeURIComponent(evil)} HTTP/1.1" 200 153 "-" "${nginx(evil)}"`,
  ),
  file(
    "apache",
    "/var/log/apache2/access.log",
    ({ evil, peer, second }) =>
      `${peer} - ${apache(evil)} ${accessTime(second)} "GET /${apache(evil)} HTTP/1.1" 404 153 "${apache(evil)}" "${apache(evil)}"`,
  ),
  file(
    "apache vhost",
    "/var/log/apache2/other_vhosts_access.log",
    ({ evil, peer, second }) =>
      `www.example.org:80 ${peer} - - ${accessTime(second)} "GET / HTTP/1.1" 404 153 "-" "${apache(evil)}"`,
  ),
  // Older nginx wrote the path as it is, line ends included.
  file(
    "nginx error",
    "/var/log/nginx/error.log",
    ({ evil, peer }) =>
      `2026/11/22 10:00:01 [error] 1#1: *26 open() "/var/www/html/${evil}" failed (2: No such file or directory), client: ${peer}, server: x, request: "GET /${evil} HTTP/1.1", host: "${evil}"`,
  ),
  file(
    "apache error",
    "/var/log/apache2/error.log",
    ({ evil, peer }) =>
      `[Sun Nov 22 10:00:01.3 2026] [auth_basic:error] [pid 1:tid 2] [client ${peer}:46192] AH01618: user ${apache(evil)} not found: /secret/${apache(evil)}, referer: ${apache(evil)}`,
  ),
  // What PHP or a CGI program says, the client may have said.
  file(
    "php",
    "/var/log/apache2/error.log",
    ({ evil }) => `[Sun Nov 22 10:00:01.3 2026] [php:notice] [pid 1:tid 2] ${evil}`,
  ),
  syslog(
    "postfix/smtpd[249]",
    ({ peer, host, evil }) =>
      `warning: ${host}[${peer}]: SASL LOGIN authentication failed: (reason unavailable), sasl_username=${questioned(evil)}`,
  ),
  syslog(
    "postfix/smtpd[249]",
    ({ peer, host, evil }) =>
      `NOQUEUE: reject: RCPT from ${host}[${peer}]: 554 5.7.1 <${questioned(evil)}>: Relay access denied; from=<${questioned(evil)}> to=<${questioned(evil)}> proto=ESMTP helo=<${questioned(evil)}>`,
  ),
  syslog(
    "postfix/smtpd[249]",
    ({ peer, host, evil }) =>
      `improper command pipelining after EHLO from ${host}[${peer}]: ${questioned(evil)}`,
  ),
  syslog(
    "postfix/smtpd[249]",
    ({ peer, host, evil }) =>
      `warning: hostname ${host} does not resolve to address ${peer}: ${questioned(evil)}`,
  ),
  syslog(
    "dovecot",
    ({ peer, evil }) =>
      `imap-login: Login aborted: Connection closed (auth failed, 1 attempts in 9 secs) (auth_failed): user=<${questioned(evil)}>, method=PLAIN, rip=${peer}, lip=198.51.100.44, session=<Uo+/aNZg>`,
  ),
  syslog(
    "dovecot",
    ({ peer, evil }) =>
      `auth: passwd-file(${questioned(evil)},${peer},<fwDvptdg7KTLAHEJ>): unknown user`,
  ),
  syslog(
    "dovecot",
    ({ peer, evil }) =>
      `auth(carol,${peer},sasl:plain)<ldH7ptdg7qTLAHEJ>: passwd-file: Password mismatch (given password: ${questioned(evil)})`,
  ),
  syslog(
    "vsftpd",
    ({ peer, evil }) =>
      `pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=${questioned(evil)} rhost=::ffff:${peer} `,
  ),
  file(
    "vsftpd",
    "/var/log/vsftpd.log",
    ({ peer, evil }) =>
      `Sun Nov 22 10:00:01 2026 [pid 32] [${questioned(evil)}] FAIL LOGIN: Client "::ffff:${peer}"`,
  ),
  syslog(
    "proftpd[102]",
    ({ peer, host, evil }) =>
      `198.51.100.44 (${host}[${peer}]) - USER ${questioned(evil)}: no such user found from ${host} [${peer}] to ::ffff:198.51.100.44:21`,
  ),
  syslog(
    "proftpd[102]",
    ({ peer, host, evil }) =>
      `198.51.100.44 (${host}[${peer}]) - USER ${questioned(evil)} (Login failed): Incorrect password`,
  ),
  syslog(
    "pure-ftpd",
    ({ peer, evil }) =>
      `(?@${peer}) [WARNING] Authentication failed for user [${questioned(evil)}]`,
  ),
  file(
    "exim",
    "/var/log/exim4/mainlog",
    ({ peer, host, evil }) =>
      `2026-11-22 10:00:01 login_server authenticator failed for ${host} (${questioned(evil)}) [${peer}]:40000: 535 Incorrect authentication data (set_id=${questioned(evil)})`,
  ),
  file(
    "exim",
    "/var/log/exim4/mainlog",
    ({ peer, evil }) =>
      `2026-11-22 10:00:01 H=(${questioned(evil)}) [${peer}] F=<${questioned(evil)}> rejected RCPT <${questioned(evil)}>: relay not permitted`,
  ),
  file(
    "exim",
    "/var/log/exim4/mainlog",
    ({ peer, evil }) =>
      `2026-11-22 10:00:01 SMTP syntax error in "${questioned(evil)}" H=[${peer}] unrecognized command`,
  ),
  syslog(
    "wordpress(www.example.org)[42]",
    ({ peer, evil }) => `Authentication attempt for unknown user ${evil} from ${peer}`,
  ),
  syslog(
    "wordpress(www.example.org)[42]",
    ({ peer, evil }) => `Authentication failure for ${evil} from ${peer} via XML-RPC`,
  ),
  syslog("phpMyAdmin[42]", ({ peer, evil }) => `user denied: ${evil} (mysql-denied) from ${peer}`),
  syslog(
    "openvpn[194]",
    ({ peer, evil }) =>
      `${peer}:48657 VERIFY ERROR: depth=0, error=self-signed certificate: CN=${questioned(evil)}, serial=46`,
  ),
  syslog(
    "named[91]",
    ({ peer, evil }) =>
      `client @0x7f040dadb000 ${peer}#39620 (${questioned(evil)}): query (cache) '${questioned(evil)}/A/IN' denied`,
  ),
  syslog(
    "sudo",
    ({ evil }) =>
      `www-data : user NOT in sudoers ; TTY=unknown ; PWD=/ ; USER=root ; COMMAND=/bin/echo ${evil}`,
    "/var/log/auth.log",
  ),
  syslog("app[7]", ({ evil }) => evil),
  syslog(
    "php-fpm8.2[42]",
    ({ evil }) => `PHP Warning:  ${evil} in /var/www/html/index.php on line 1`,
  ),
  file(
    "mysql",
    "/var/log/mysql/error.log",
    ({ evil }) =>
      `2026-11-22  9:00:01 8 [Warning] Access denied for user '${evil}'@'localhost' (using password: YES)`,
  ),
  file(
    "redis",
    "/var/log/redis/redis-server.log",
    ({ evil }) =>
      `994:S 22 Nov 2026 10:00:01.428 * REPLICAOF 192.0.2.1:6380 enabled (user request from 'id=7 addr=192.0.2.1:36976 name=${evil} age=0')`,
  ),
];
