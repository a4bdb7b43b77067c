import { expect, test } from "vitest";
import { programOf } from "../../../src/collect/logs/journal-identity.ts";

const row = (identifier: string, uid: string, unit: string, transport = "syslog") => ({
  SYSLOG_IDENTIFIER: identifier,
  _UID: uid,
  _SYSTEMD_UNIT: unit,
  _TRANSPORT: transport,
});

const as = (identifier: string, program: string, message = "hello") => ({
  ...row(identifier, "1000", "session-4.scope"),
  _EXE: program,
  MESSAGE: message,
});

test.each([
  ["root speaks for itself", row("sshd", "0", "ssh.service"), "sshd"],
  ["root outside of any unit", row("sudo", "0", "session-4.scope"), "sudo"],
  ["the kernel", { SYSLOG_IDENTIFIER: "kernel", _TRANSPORT: "kernel" }, "kernel"],
  ["what root writes to /dev/kmsg", row("sshd", "0", "", "kernel"), "kernel"],
  ["the audit log", { SYSLOG_IDENTIFIER: "sshd", _TRANSPORT: "audit", _UID: "1000" }, "audit"],
  ["a service under its own name", row("named", "53", "named.service"), "named"],
  ["its parts", row("postfix/smtpd", "110", "postfix.service"), "postfix/smtpd"],
  ["an instance", row("postfix/smtpd", "110", "postfix@-.service"), "postfix/smtpd"],
  ["a service under another name", row("mysqld", "112", "mariadb.service"), "mariadb"],

  ["sudo, whose user is the caller's", as("sudo", "/usr/bin/sudo"), "sudo"],
  ["su", as("su", "/usr/bin/su"), "su"],
  ["W34: sudo under another name", as("sshd", "/usr/bin/sudo"), "user[1000]"],
  ["W34: another program as sudo", as("sudo", "/home/ana/sudo"), "user[1000]"],
  ["W34: no program as sudo", row("sudo", "1000", "session-4.scope"), "user[1000]"],
  [
    "W14: an address to block in sudo's name",
    as("sudo", "/usr/bin/sudo", "pam_unix(sudo:auth): authentication failure; rhost=8.8.8.8"),
    "user[1000]",
  ],
  ["W34: logger -t sshd", row("sshd", "1000", "session-4.scope"), "user[1000]"],
  ["W34: the same from a user's own unit", row("sshd", "1000", "user@1000.service"), "user[1000]"],
  [
    "W34: a process that is gone already",
    { SYSLOG_IDENTIFIER: "sshd", _UID: "1000" },
    "user[1000]",
  ],
  ["no user at all", { SYSLOG_IDENTIFIER: "sshd" }, "user[unknown]"],
  ["W14b: a web server that was broken into", row("sshd", "33", "nginx.service"), "nginx"],
  ["W14b: and calls itself a part of sshd", row("sshd/nginx", "33", "nginx.service"), "nginx"],
  ["a forged _COMM", { ...row("sshd", "33", "nginx.service"), _COMM: "sshd" }, "nginx"],
  ["a forged _EXE", { ...row("sshd", "1000", ""), _EXE: "/usr/sbin/sshd" }, "user[1000]"],
  [
    "a unit of the user's",
    { ...row("sshd", "1000", ""), _SYSTEMD_USER_UNIT: "sshd.service" },
    "user[1000]",
  ],
  ["a claim to be the kernel", row("kernel", "1000", "session-4.scope"), "user[1000]"],
  ["a user's cron job", row("cron", "1000", "cron.service"), "user[1000]"],
  ["a login without a session, as ssh", row("ssh", "1000", "ssh.service"), "user[1000]"],
  ["a login without a session, as sshd", row("sshd", "1000", "sshd.service"), "user[1000]"],
  ["one connection of a socket", row("sshd", "1000", "sshd@3-10.0.0.1:22.service"), "user[1000]"],
  ["a scope that ends like a service", row("sshd", "1000", "sshd.service.scope"), "user[1000]"],
  ["a slice", row("sshd", "1000", "system.slice"), "user[1000]"],
  ["a number that only looks like root's", row("sshd", "00", ""), "user[00]"],
])("%s", (_, fields, program) => {
  expect(programOf(fields)).toBe(program);
});
