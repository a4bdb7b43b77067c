import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadSettings } from "../../src/config/load.ts";
import { logFormatNames } from "../../src/config/local-file.ts";
import type { Failure } from "../../src/core/failure.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-local-files-"));
const file = join(folder, "stockade.conf");
afterAll(() => rmSync(folder, { recursive: true }));

function load(...sections: string[]) {
  const localFiles = sections.map((inside) => `<localfile>\n${inside}\n</localfile>`).join("\n");
  writeFileSync(file, `<ossec_config>\n${localFiles}\n</ossec_config>\n`);
  const { settings, notices } = loadSettings(file);
  const told = notices.filter(({ message }) => !message.startsWith("no <active-response>"));
  return { logs: settings.localFiles, notices: told.map((one) => `${one.line}: ${one.message}`) };
}

function refusal(...sections: string[]): { message: string; hint: string | undefined } {
  try {
    load(...sections);
  } catch (thrown) {
    const { message, hint } = thrown as Failure;
    return { message: message.replace(`${folder}/`, ""), hint };
  }
  return { message: "no failure", hint: undefined };
}

const log = (format: string, rest = "<location>/var/log/x</location>") =>
  `<log_format>${format}</log_format>${rest}`;

describe("what is read", () => {
  test.each(
    logFormatNames.filter((name) => !/^(command|full_command|multi-line-regex)$/.test(name)),
  )("%s", (format) => {
    const location = format === "djb-multilog" ? "/var/log/x/current" : "/var/log/x";
    const { logs, notices } = load(log(format, `<location>${location}</location>`));
    const logFormat = /^(generic|iis|syslog-pipe)$/.test(format) ? "syslog" : format;
    expect(logs).toEqual([{ location, logFormat }]);
    expect(notices).toEqual([]);
  });

  test.each([
    [log("multi-line: 3"), { logFormat: "multi-line", lines: 3, location: "/var/log/x" }],
    [log("multi-line:12"), { logFormat: "multi-line", lines: 12, location: "/var/log/x" }],
    [
      log(
        "multi-line-regex",
        "<location>/var/log/x</location>\n<multiline_regex>^\\d+ \\<a></multiline_regex>",
      ),
      {
        logFormat: "multi-line-regex",
        location: "/var/log/x",
        begin: "^\\d+ \\<a>",
        dialect: "regex",
        at: `${file}:4`,
      },
    ],
    [
      log(
        "multi-line-regex",
        '<location>/var/log/x</location><multiline_regex type="pcre2">^\\d{4}-</multiline_regex>',
      ),
      {
        logFormat: "multi-line-regex",
        location: "/var/log/x",
        begin: "^\\d{4}-",
        dialect: "pcre2",
        at: `${file}:3`,
      },
    ],
    [
      log("syslog", "<location>/var/log/*.log</location>"),
      { logFormat: "syslog", location: "/var/log/*.log" },
    ],
    [
      log("syslog", "<location>/var/log/%Y-%m-%d.log</location>"),
      { logFormat: "syslog", location: "/var/log/%Y-%m-%d.log" },
    ],
    [
      log("syslog", "<location>/x</location><only-future-events>yes</only-future-events>"),
      { logFormat: "syslog", location: "/x", onlyFutureEvents: true },
    ],
    [
      log("syslog", "<location>/x</location><only-future-events>no</only-future-events>"),
      { logFormat: "syslog", location: "/x" },
    ],
    [log("journald", "<location>sshd</location>"), { logFormat: "journald", location: "sshd" }],
    [
      log("command", "<command>df -P</command>"),
      { logFormat: "command", command: "df -P", location: "df -P", seconds: 360 },
    ],
    [
      log(
        "full_command",
        "<command>last -n 5 | sort</command><alias>last</alias><frequency>60</frequency>",
      ),
      { logFormat: "full_command", command: "last -n 5 | sort", location: "last", seconds: 60 },
    ],
    [
      log("command", "<command>w</command><frequency>hourly</frequency>"),
      { logFormat: "command", command: "w", location: "w", seconds: 3600 },
    ],
    [
      log("command", "<command>w</command><frequency>daily</frequency>"),
      { logFormat: "command", command: "w", location: "w", seconds: 86_400 },
    ],
  ])("%s", (section, expected) => {
    expect(load(section)).toEqual({ logs: [expected], notices: [] });
  });

  test("the last one of an option counts", () => {
    const twice = `${log("syslog")}<location>/var/log/y</location>`;
    expect(load(twice).logs).toEqual([{ logFormat: "syslog", location: "/var/log/y" }]);
  });
});

describe("what the admin should know", () => {
  test.each([
    [
      [log("eventlog", "<location>Security</location>")],
      ['2: <localfile> has the log format "eventlog", Windows\' own: Security is not read'],
    ],
    [
      [log("eventchannel", "<location>Security</location><query>x</query>")],
      ['2: <localfile> has the log format "eventchannel", Windows\' own: Security is not read'],
    ],
    [
      [log("syslog"), log("snort-fast")],
      ["5: <localfile> names /var/log/x again: the first one counts"],
    ],
    [
      ["/var/log/mail.log", "/var/log/auth.log", "/var/log/syslog", "/var/log/kern.log"].map(
        (path) => log("syslog", `<location>${path}</location>`),
      ),
      [
        "8: <localfile> names /var/log/syslog: where rsyslog runs as Debian sets it up, the messages of /var/log/mail.log are in /var/log/syslog, too, and each would count twice",
        "11: <localfile> names /var/log/kern.log: where rsyslog runs as Debian sets it up, the messages of /var/log/kern.log are in /var/log/syslog, too, and each would count twice",
      ],
    ],
    [
      [
        log("syslog", "<location>/var/log/auth.log</location>"),
        log("journald", "<location>all</location>"),
        log("command", "<command>w</command>"),
      ],
      [
        "5: <localfile> names the journal: where rsyslog runs as Debian sets it up, the messages of /var/log/auth.log are in the journal, too, and each would count twice",
      ],
    ],
    [
      [log("syslog", "<location>/x</location>\n<query>x</query>\n<frequency>5</frequency>")],
      [
        "4: <query> has no effect: it chooses events of Windows",
        "5: <frequency> has no effect: a file is read when it changes",
      ],
    ],
    [
      [log("syslog", "<location>/x</location><alias>a</alias><command>w</command>")],
      [
        "3: <alias> has no effect: it names the output of a command",
        "3: <command> has no effect: only the formats command and full_command run one",
      ],
    ],
    [
      [log("command", "<command>w</command><location>/x</location>")],
      ["3: <location> has no effect: a command has an <alias>"],
    ],
  ])("%j", (sections, notices) => {
    const found = load(...sections, log("syslog", "<location>/read</location>")).notices;
    expect(found).toEqual(notices);
  });

  test("a command may stand twice, and the journal may be asked for several names", () => {
    const command = log("command", "<command>w</command>");
    const journal = log("journald", "<location>all</location>");
    const { logs, notices } = load(command, command, journal, journal);
    expect([logs.length, notices]).toEqual([4, []]);
  });
});

describe("the admin's mistakes", () => {
  test.each([
    ["<location>/x</location>", "stockade.conf:2: <localfile> has no <log_format>"],
    ["<log_format>syslog</log_format>", "stockade.conf:2: <localfile> has no <location>"],
    ["<log_format>command</log_format>", "stockade.conf:2: <localfile> has no <command>"],
    [log("syslg"), 'stockade.conf:3: <log_format> is "syslg", which is no log format'],
    [log("multi-line"), 'stockade.conf:3: <log_format> is "multi-line", which is no log format'],
    [
      log("multi-line: 0"),
      'stockade.conf:3: <log_format> is "0", expected a whole number from 1 to 1000',
    ],
    [log("multi-line-regex"), "stockade.conf:2: <localfile> has no <multiline_regex>"],
    [
      log(
        "multi-line-regex",
        '<location>/x</location><multiline_regex type="re">a</multiline_regex>',
      ),
      'stockade.conf:3: <multiline_regex> has the type "re", expected match, regex or pcre2',
    ],
    [
      log("syslog", "<location>/x</location><multiline_regex>a</multiline_regex>"),
      "stockade.conf:2: <localfile> has a <multiline_regex>, which is for multi-line-regex only",
    ],
    [
      log("syslog", "<location>auth.log</location>"),
      'stockade.conf:3: <location> is "auth.log", expected an absolute path',
    ],
    [
      log("syslog", "\n<location>/var/log/%Q.log</location>"),
      'stockade.conf:4: <location> is "/var/log/%Q.log", and "%Q" is no part of a date',
    ],
    [
      log("djb-multilog"),
      'stockade.conf:3: <location> is "/var/log/x", expected a path that ends in /PROGRAM/current',
    ],
    [
      log("command", "<command>w</command><frequency>often</frequency>"),
      'stockade.conf:3: <frequency> is "often", expected a whole number from 1 to 2147483',
    ],
    [
      log("syslog", "<location>/x</location><only-future-events>maybe</only-future-events>"),
      'stockade.conf:3: <only-future-events> is "maybe", expected yes or no',
    ],
    ["<check_diff/>", "stockade.conf:3: <check_diff> is no option of <localfile>"],
  ])("%s", (section, message) => {
    expect(refusal(section).message).toBe(message);
  });

  test("an unknown format is answered with those that are known", () => {
    expect(refusal(log("syslg")).hint).toMatch(/^formats are generic, .*postgresql_log.* and "mul/);
  });

  test.each([
    ["its group", () => chmodSync(file, 0o664)],
    ["everybody", () => chmodSync(file, 0o646)],
    ["another user", () => chownSync(file, 65_534, 65_534)],
  ])("no command runs from a file that %s may write to", (_, open) => {
    const command = `<ossec_config><localfile>${log("command", "<command>w</command>")}</localfile></ossec_config>`;
    writeFileSync(file, command);
    chownSync(file, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    chmodSync(file, 0o640);
    expect(loadSettings(file).settings.localFiles).toHaveLength(1);
    open();
    expect(() => loadSettings(file)).toThrow(
      "runs no command from a file that others may write to",
    );
    chownSync(file, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    chmodSync(file, 0o640);
  });
});
