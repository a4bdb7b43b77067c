import { describe, expect, test } from "vitest";
import { djbMultilog } from "../../../src/collect/join/djb-multilog.ts";
import { eveAlerts } from "../../../src/collect/join/eve.ts";
import { mssqlLog } from "../../../src/collect/join/mssql-log.ts";
import { multiLine } from "../../../src/collect/join/multi-line.ts";
import { multiLineIndented } from "../../../src/collect/join/multi-line-indented.ts";
import { multiLineRegex } from "../../../src/collect/join/multi-line-regex.ts";
import { mysqlLog } from "../../../src/collect/join/mysql-log.ts";
import { nmapg } from "../../../src/collect/join/nmapg.ts";
import { ossecAlert } from "../../../src/collect/join/ossecalert.ts";
import { postgresqlLog } from "../../../src/collect/join/postgresql-log.ts";
import { snortFull } from "../../../src/collect/join/snort-full.ts";
import { compilePattern } from "../../../src/pattern/compile.ts";
import { entriesOf } from "./join.ts";

describe("postgresql_log", () => {
  const head = "2026-11-22 05:37:11.413 UTC [30581] postgres@postgres";

  test("a statement of several lines, as PostgreSQL 15 wrote it", () => {
    const log = [
      `${head} LOG:  statement: select 1`,
      "\t  from nosuch",
      "\t where a = 'x",
      '\t2026-01-31 10:00:00.000 UTC [1] a@b FATAL:  password authentication failed for user "y"\';',
      `${head} ERROR:  relation "nosuch" does not exist at character 17`,
      "2026-11-22 05:37:06.945 UTC [30478] LOG:  listening on IPv4 address",
      "",
    ].join("\n");
    expect(entriesOf(postgresqlLog, log)).toEqual([
      `${head} LOG:  statement: select 1 from nosuch where a = 'x 2026-01-31 10:00:00.000 UTC [1] a@b FATAL:  password authentication failed for user "y"';`,
      `${head} ERROR:  relation "nosuch" does not exist at character 17`,
      "2026-11-22 05:37:06.945 UTC [30478] LOG:  listening on IPv4 address",
    ]);
  });

  test("the prefix that OSSEC knows", () => {
    const log =
      "[2007-08-31 18:37:15.525 ADT] 192.168.2.99: ERROR:  a\n\tb\n[2007-08-31 18:37:16.525 ADT] 192.168.2.99: LOG:  c\n";
    expect(entriesOf(postgresqlLog, log)).toEqual([
      "[2007-08-31 18:37:15.525 ADT] 192.168.2.99: ERROR:  a b",
      "[2007-08-31 18:37:16.525 ADT] 192.168.2.99: LOG:  c",
    ]);
  });
});

describe("mysql_log", () => {
  test.each([
    [
      "MySQL 8",
      "2026-11-22T05:37:11.413123Z 8 [Note] [MY-010926] [Server] Access denied for user 'root'@'203.0.113.9' (using password: YES)\n",
      [
        "MySQL log: 2026-11-22T05:37:11.413123Z 8 [Note] [MY-010926] [Server] Access denied for user 'root'@'203.0.113.9' (using password: YES)",
      ],
    ],
    [
      "MariaDB, before ten o'clock, and what InnoDB adds",
      "2026-11-22  5:37:11 8 [Warning] Access denied for user 'root'@'203.0.113.9' (using password: YES)\n2026-11-22  5:37:12 0 [ERROR] InnoDB: a\nInnoDB: b\n\tc\n",
      [
        "MySQL log: 2026-11-22  5:37:11 8 [Warning] Access denied for user 'root'@'203.0.113.9' (using password: YES)",
        "MySQL log: 2026-11-22  5:37:12 0 [ERROR] InnoDB: a InnoDB: b c",
      ],
    ],
    [
      "the general log, two queries in a second",
      "070823 21:01:30\t     2 Connect\troot@localhost on \n\t\t     2 Query\tselect 1\n",
      [
        "MySQL log: 070823 21:01:30 2 Connect\troot@localhost on ",
        "MySQL log: 070823 21:01:30 2 Query\tselect 1",
      ],
    ],
    [
      "the old error log",
      "060516 22:38:46 mysqld started\n",
      ["MySQL log: 060516 22:38:46 mysqld started"],
    ],
    [
      "a time with a zone",
      "2026-11-22T05:37:11.4+01:00\t8 Quit\n",
      ["MySQL log: 2026-11-22T05:37:11.4+01:00 8 Quit"],
    ],
    ["a head without a time", "Tcp port: 3306\nTime  Id Command\n", []],
    ["two tabs without a time before them", "\t\t     2 Query\tselect 1\n", []],
  ])("%s", (_, log, entries) => {
    expect(entriesOf(mysqlLog(), log)).toEqual(entries);
  });
});

test("mssql_log: the date begins an entry", () => {
  const log =
    "2026-11-22 04:47:30.01 Logon  Error: 18456, Severity: 14\n2026-11-22 04:47:30.02 Logon  Login failed\n   for user 'sa'.\n";
  expect(entriesOf(mssqlLog, log)).toEqual([
    "2026-11-22 04:47:30.01 Logon  Error: 18456, Severity: 14",
    "2026-11-22 04:47:30.02 Logon  Login failed for user 'sa'.",
  ]);
});

test("multi-line_indented: blanks go on, an empty line ends", () => {
  const log = "one\n  two\n\tthree\nfour\n\n five\nsix\n";
  expect(entriesOf(multiLineIndented, log)).toEqual(["one two three", "four", "six"]);
});

test.each([
  [1, "a\nb\n", ["a", "b"]],
  [2, "a\nb\nc\n", ["a b", "c"]],
  [3, "a\n\nc\nd\ne\nf\n", ["a  c", "d e f"]],
])("multi-line: %i", (lines, log, entries) => {
  expect(entriesOf(multiLine(lines), log)).toEqual(entries);
});

test.each([
  ["pcre2", String.raw`^\d{4}-\d\d-\d\d `],
  ["regex", String.raw`^\d\d\d\d-\d\d-\d\d `],
] as const)("multi-line-regex: a Java trace, by %s", (dialect, begin) => {
  const format = multiLineRegex(compilePattern(dialect, begin));
  const log =
    "2026-11-22 10:00:00 ERROR login\njava.lang.Exception: no\n    at a.b(C.java:1)\nCaused by: x\n2026-11-22 10:00:01 INFO next\n";
  expect(entriesOf(format, log)).toEqual([
    "2026-11-22 10:00:00 ERROR login java.lang.Exception: no     at a.b(C.java:1) Caused by: x",
    "2026-11-22 10:00:01 INFO next",
  ]);
});

describe("snort-full", () => {
  const header = "[**] [1:1882:10] ATTACK-RESPONSES id check returned userid [**]";
  const addresses = "192.0.2.32:1025 -> 192.0.2.2:80";
  const rest =
    "TCP TTL:128 TOS:0x0 ID:1 IpLen:20 DgmLen:66\n***AP*** Seq: 0x1  Ack: 0x2\n[Xref => http://example.com]\n\n";

  test.each([
    [
      "classified",
      "[Classification: Potentially Bad Traffic] [Priority: 2] \n",
      "[Classification: Potentially Bad Traffic] [Priority: 2] ",
    ],
    ["with a priority only", "[Priority: 1] \n", "[Classification: Preprocessor] [Priority: 3] "],
    ["a preprocessor's", "", "[Classification: Preprocessor] [Priority: 3] "],
  ])("an alert, %s", (_, kind, expected) => {
    const log = `${header}\n${kind}01/13-15:52:01.123456 ${addresses}\n${rest}`;
    expect(entriesOf(snortFull(), log + log)).toEqual([
      `${header}${expected}${addresses}`,
      `${header}${expected}${addresses}`,
    ]);
  });

  test("an alert that is cut short by the next one", () => {
    const log = `${header}\n[Classification: A] [Priority: 2] \n${header}\n01/13/26-15:52:01.1 ${addresses}\n`;
    expect(entriesOf(snortFull(), log)).toEqual([
      `${header}[Classification: A] [Priority: 2] `,
      `${header}[Classification: Preprocessor] [Priority: 3] ${addresses}`,
    ]);
  });
});

describe("nmapg", () => {
  test.each([
    [
      "Host: 192.0.2.1 (web1.example.com)\tPorts: 22/open/tcp//ssh//OpenSSH 9.2|x/, 25/closed/tcp//smtp///, 53/open/udp//domain///\tIgnored State: filtered (997)",
      ["Host: 192.0.2.1 (web1.example.com), open ports: 22(tcp) 53(udp)"],
    ],
    ["Host: 192.0.2.1 ()\tPorts: 80/filtered/tcp//http///", ["Host: 192.0.2.1 (), open ports:"]],
    ["Host: 192.0.2.1 ()\tStatus: Up", []],
    ["# Nmap 7.93 scan initiated", []],
    ["Host: 192.0.2.1 (x", []],
  ])("%s", (line, entries) => {
    expect(entriesOf(nmapg, line)).toEqual(entries);
  });
});

test("eve: alerts and nothing else, whatever else is in a line", () => {
  const lines = [
    '{"timestamp":"2026","event_type":"alert","src_ip":"192.0.2.1"}',
    '{"event_type" : "alert"}',
    '{"timestamp":"2026","event_type":"flow"}',
    '{"event_type":"http","http":{"url":"/\\"event_type\\":\\"alert\\""}}',
    "plain text",
  ];
  expect(entriesOf(eveAlerts, lines.join("\n"))).toEqual(lines.slice(0, 2));
});

test("djb-multilog: the time of the stamp, the program of the folder", () => {
  const format = djbMultilog("/var/log/qmail/smtpd/current", "web1");
  // 1700000000 in TAI64N, as s6-tai64n and multilog write it.
  const stamp = `@4${(1_700_000_000 + 10).toString(16).padStart(15, "0")}075bcd15`;
  const at = new Date(1_700_000_000_000);
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((n) => String(n).padStart(2, "0"))
    .join(":");
  const log = `${stamp} tcpserver: deny\n${stamp} Nov 22 10:00:00 web1 a: b\nno stamp\n`;
  expect(entriesOf(format, log)).toEqual([
    `Nov ${String(at.getDate()).padStart(2, "0")} ${clock} web1 smtpd: tcpserver: deny`,
    "Nov 22 10:00:00 web1 a: b",
  ]);
});

describe("ossecalert", () => {
  const alert = (lines: string) =>
    `** Alert 1700000000.0: mail  - syslog,sshd,\n2026 Nov 22 10:00:00 web1->/var/log/auth.log\nRule: 5716 (level 5) -> 'SSHD: failed.'\n${lines}\n\n`;
  const head =
    "ossec: Alert Level: 5; Rule: 5716 - SSHD: failed.; Location: web1->/var/log/auth.log;";

  test.each([
    [
      "Src IP: 203.0.113.9\nSrc Port: 4711\nUser: root\nNov 22 10:00:00 web1 sshd[1]: Failed",
      `${head} srcip: 203.0.113.9; user: root;  Nov 22 10:00:00 web1 sshd[1]: Failed`,
    ],
    ["Src IP: (none)\nUser: (none)\na", `${head}  a`],
    ["a\nSrc IP: 192.0.2.66\nUser: b", `${head}  a Src IP: 192.0.2.66 User: b`],
  ])("%j", (lines, expected) => {
    expect(entriesOf(ossecAlert, alert(lines))).toEqual([expected]);
  });

  test("an alert without its head is none", () => {
    expect(entriesOf(ossecAlert, "** Alert 1: - a\nb\nc\n\nRule: 1 (level 2) -> 'x'\n")).toEqual(
      [],
    );
  });
});
