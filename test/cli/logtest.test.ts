import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openScratch, type Scratch } from "./scratch.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(() => scratch.remove());

const failed = (user: string, address: string, second = 1) =>
  `Nov 22 10:00:${String(second).padStart(2, "0")} web1 sshd[42]: Failed password for ${user} from ${address} port 4711 ssh2\n`;

const answers = (stdout: string) =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

describe("in JSON", () => {
  test("answers each line with one line, empty lines too", async () => {
    const { stdout, exitCode } = await scratch.cli(
      ["logtest", "--json"],
      `${failed("root", "203.0.113.9")}\nhello\n`,
    );
    expect(exitCode).toBe(0);
    const nothing = {
      program_name: null,
      hostname: null,
      decoder: null,
      fields: {},
      rule: null,
      level: null,
      alert: false,
    };
    expect(answers(stdout)).toEqual([
      {
        line: "Nov 22 10:00:01 web1 sshd[42]: Failed password for root from 203.0.113.9 port 4711 ssh2",
        program_name: "sshd",
        hostname: "web1",
        decoder: "sshd",
        fields: { status: "password", dstuser: "root", srcip: "203.0.113.9", srcport: "4711" },
        rule: 5716,
        level: 5,
        alert: true,
        verdict: {
          class: "attacked-by",
          reason: "a service wrote it of a client that had completed a connection",
          remote: "203.0.113.9",
        },
      },
      { line: "", ...nothing },
      { line: "hello", ...nothing },
    ]);
  });

  test("a line ends at a newline and at nothing else", async () => {
    const { stdout } = await scratch.cli(["logtest", "--json"], "a\rb\u2028c\u0085d\r\nlast");
    expect(answers(stdout).map(({ line }) => line)).toEqual(["a\rb\u2028c\u0085d", "last"]);
  });

  test("takes fast.log lines, numbers as numbers and null where there is none", async () => {
    const { stdout } = await scratch.cli(
      ["logtest", "--json", "--log-format", "snort-fast"],
      "11/14/2023-22:13:23.123456  [wDrop] [**] [1:2:3] a b [**] [Classification: (null)] [Priority: 2] {ICMP} 203.0.113.9:8 -> 10.0.0.5:0\n",
    );
    expect(JSON.parse(stdout)).toMatchObject({
      decoder: "snort-fast",
      fields: {
        gid: 1,
        sid: 2,
        rev: 3,
        msg: "a b",
        classification: null,
        priority: 2,
        protocol: "ICMP",
        action: "wDrop",
        srcip: "203.0.113.9",
        srcport: null,
        dstip: "10.0.0.5",
        dstport: null,
      },
      rule: 300001,
    });
  });

  test("says of a network's alert who called whom, by the signatures that Suricata has", async () => {
    mkdirSync(join(scratch.root, "var/lib/suricata/rules"), { recursive: true });
    scratch.write(
      "var/lib/suricata/rules/suricata.rules",
      'alert tcp $EXTERNAL_NET any -> $HOME_NET any (msg:"a"; flow:established,to_server; sid:1;)\n' +
        'alert tcp $HOME_NET any -> $EXTERNAL_NET any (msg:"b"; flow:established,to_server; sid:2;)\n',
    );
    const line = (sid: number, ends: string) =>
      `11/22/2026-10:00:01.000000  [**] [1:${sid}:1] m [**] [Classification: c] [Priority: 1] {TCP} ${ends}\n`;
    const input =
      line(1, "192.0.2.7:4000 -> 198.51.100.44:80") +
      line(2, "198.51.100.44:4000 -> 192.0.2.7:80") +
      line(3, "192.0.2.7:4000 -> 198.51.100.44:80");
    const { stdout } = await scratch.cli(
      ["logtest", "--json", "--log-format", "snort-fast"],
      input,
    );
    const ends = { remote: "192.0.2.7", local: "198.51.100.44" };
    expect(answers(stdout).map(({ verdict }) => verdict)).toMatchObject([
      { class: "attacked-by", ...ends },
      { class: "called-out", ...ends },
      { class: "unproven" },
    ]);
  });

  test("counts over the lines, unless each is judged for itself", async () => {
    const input = failed("root", "203.0.113.9").repeat(8);
    const rules = async (...options: string[]) => {
      const { stdout } = await scratch.cli(["logtest", "--json", ...options], input);
      return answers(stdout).map(({ rule }) => rule);
    };
    expect((await rules()).at(-1)).toBe(5720);
    expect(new Set(await rules("--fresh"))).toEqual(new Set([5716]));
  });

  test("a trace names each rule that is tried and what failed", async () => {
    const { stdout } = await scratch.cli(
      ["logtest", "--json", "--trace"],
      failed("root", "203.0.113.9"),
    );
    const { tried } = JSON.parse(stdout);
    expect(tried).toContainEqual({ rule: 5716, failed: null });
    expect(tried).toContainEqual({ rule: 5710, failed: "match" });
    expect(tried).toContainEqual({ rule: 5720, failed: "frequency" });
    expect(tried).not.toContainEqual({ rule: 5720, failed: null });
  });
});

describe("for a person", () => {
  test("shows every stage, and no control character", async () => {
    const { stdout } = await scratch.cli(
      ["logtest"],
      "Nov 22 10:00:01 web1 sshd[42]: Invalid user \u001b[31mx from 203.0.113.9 port 4711\n",
    );
    expect(stdout).toContain("program_name: sshd");
    expect(stdout).toContain("by: sshd, ");
    expect(stdout).toContain("dstuser: \\x1b[31mx");
    expect(stdout).toContain("rule: 5710 (level 5)");
    expect(stdout).toContain("groups: syslog, sshd");
    expect(stdout).toContain("an alert, written\n".trim());
    expect(stdout).not.toContain("\u001b");
  });

  test("shows what a rule counted, what it says besides and whom it would block", async () => {
    scratch.settings(
      "<active-response><command>firewall-drop</command><level>9</level><timeout>300</timeout></active-response>",
    );
    scratch.rule(
      '<group name="local,"><rule id="100001" level="10" frequency="2" timeframe="60"><if_matched_sid>5716</if_matched_sid><same_source_ip /><info type="link">https://example.com/</info><description>twice</description></rule></group>',
    );
    const { stdout } = await scratch.cli(["logtest"], failed("root", "203.0.113.9").repeat(2));
    expect(stdout).toContain("rule: 100001 (level 10) twice");
    expect(stdout).toContain("link: https://example.com/");
    expect(stdout).toContain("an alert, written and mailed");
    expect(stdout).toContain("verdict: attacked-by 203.0.113.9, because a service wrote it");
    expect(stdout).toContain("block: firewall-drop of 203.0.113.9 for 300 s");
    expect(stdout).toContain("counted: 1 earlier lines\n    Nov 22 10:00:01");
  });

  test("with a trace says of each rule why not", async () => {
    const { stdout } = await scratch.cli(["logtest", "--trace"], failed("root", "203.0.113.9"));
    expect(stdout).toContain("tried 5710: not its <match>");
    expect(stdout).toContain("tried 5716: fits");
    expect(stdout).toContain("tried 5720: fits, but not often enough yet");
  });

  test("with -a shows the records of alerts.log alone, numbered from 1", async () => {
    const input = `hello\n${failed("root", "203.0.113.9", 1)}${failed("\u001b[2J", "203.0.113.9", 2)}`;
    const { stdout } = await scratch.cli(["logtest", "-a"], input);
    const [first = "", second = ""] = stdout.split("\n\n");
    expect(first).toMatch(/^\*\* Alert \d+\.1: - syslog,sshd,authentication_failed,\n/);
    expect(first).toContain(" web1->stdin\nRule: 5716 (level 5) -> '");
    expect(first).toContain("\nSrc IP: 203.0.113.9\n");
    expect(second).toMatch(/^\*\* Alert \d+\.2:/);
    expect(stdout).not.toContain("\u001b");
  });
});

describe("what it reads", () => {
  test("files, one after the other, and compressed ones", async () => {
    const [one, two] = [join(scratch.root, "one.log"), join(scratch.root, "two.log")];
    writeFileSync(one, failed("root", "203.0.113.1"));
    writeFileSync(two, failed("root", "203.0.113.2"));
    await execa("gzip", [two]);
    const { stdout } = await scratch.cli(["logtest", "--json", one, `${two}.gz`]);
    expect(answers(stdout).map(({ fields }) => fields.srcip)).toEqual([
      "203.0.113.1",
      "203.0.113.2",
    ]);
  });

  test("entries of several lines", async () => {
    const { stdout } = await scratch.cli(
      ["logtest", "--json", "--log-format", "multi-line:2"],
      "a\nb\nc\n",
    );
    expect(answers(stdout).map(({ line }) => line)).toEqual(["a b", "c"]);
  });

  test("nothing at all", async () => {
    expect(await scratch.cli(["logtest", "--json"], "")).toMatchObject({ stdout: "", exitCode: 0 });
  });

  test("a reader that has seen enough is no error", async () => {
    const bundle = join(import.meta.dirname, "../../dist/stockade.mjs");
    const line = `yes hello | ${process.execPath} ${bundle} --root ${scratch.root} logtest | head -3`;
    const { stderr, exitCode } = await execa(
      "bash",
      ["-o", "pipefail", "-c", `${line}; exit \${PIPESTATUS[1]}`],
      { reject: false },
    );
    expect([exitCode, stderr]).toEqual([0, ""]);
  });

  test.each([
    [["--log-format", "eventlog"], 64, 'the log format "eventlog" is not known'],
    [["--log-format", "multi-line:0"], 64, 'the log format "multi-line:0" is not known'],
    [["/nonexistent"], 66, "cannot find /nonexistent"],
    [["/tmp"], 66, "/tmp is a folder, expected a log"],
    [["-U", "5716"], 64, '"5716" is not RULE:LEVEL:DECODER'],
    [["--ossec", "/nonexistent"], 66, "there is no folder /nonexistent"],
  ])("%s: told in one line", async (args, code, message) => {
    const { stderr, exitCode } = await scratch.cli(["logtest", ...args]);
    expect([exitCode, stderr.split("\n")[0]]).toEqual([code, `stockade: ${message}`]);
  });

  test("a wrong rule is told with file and line", async () => {
    scratch.rule('<group name="local,">\n<rule id="1" level="99"/>\n</group>');
    const { stderr, exitCode } = await scratch.cli(["logtest"], "hello\n");
    expect([exitCode, stderr.includes("local.xml:2: <rule>")]).toEqual([78, true]);
  });

  test("100,000 lines in bounded time", async () => {
    const input = failed("root", "203.0.113.9").repeat(100_000);
    const started = performance.now();
    const { stdout } = await scratch.cli(["logtest", "--json"], input);
    expect(answers(stdout).length).toBe(100_000);
    expect(performance.now() - started).toBeLessThan(60_000);
  }, 120_000);
});

describe("-U", () => {
  test.each([
    ["5716:5:sshd", 0],
    ["5716:5:SSHD", 0],
    ["5716:6:sshd", 1],
    ["5710:5:sshd", 2],
    ["5716:5:su", 3],
  ])("%s: exit code %i", async (expected, code) => {
    const { exitCode } = await scratch.cli(
      ["logtest", "-U", expected],
      `hello\n${failed("root", "203.0.113.9")}`,
    );
    expect(exitCode).toBe(code);
  });

  test("no line is no match", async () => {
    expect((await scratch.cli(["logtest", "-U", "5716:5:sshd"])).exitCode).toBe(3);
  });
});

describe("--ossec", () => {
  /** A ruleset of our own in OSSEC's layout. */
  function ossecFolder(list?: string): string {
    const folder = join(scratch.root, "ossec");
    mkdirSync(join(folder, "rules"), { recursive: true });
    writeFileSync(
      join(folder, "decoder.xml"),
      '<decoder name="door"><program_name>^doord$</program_name></decoder>\n' +
        '<decoder name="door-knock"><parent>door</parent><regex>^knock by (\\w+) from (\\S+) over (\\w+)$</regex><order>srcuser,srcip,protocol</order></decoder>\n',
    );
    const rules: Record<string, string> = {
      "rules_config.xml": '<rule id="1" level="0" noalert="1"><category>syslog</category></rule>',
      "a_rules.xml":
        '<rule id="200" level="3"><decoded_as>door</decoded_as><description>a knock</description></rule>',
      "b_rules.xml":
        '<rule id="201" level="7" frequency="1" timeframe="60"><if_matched_sid>200</if_matched_sid><description>many knocks</description></rule>',
    };
    for (const [name, text] of Object.entries(rules)) {
      writeFileSync(join(folder, "rules", name), `<group name="door,">${text}</group>`);
    }
    if (list !== undefined) writeFileSync(join(folder, "ruleset.list"), list);
    return folder;
  }
  const knock = "Nov 22 10:00:01 web1 doord[1]: knock by eve from 203.0.113.9 over tcp\n";

  test("judges by its files alone, fields by OSSEC's names", async () => {
    const { stdout } = await scratch.cli(["logtest", "--json", "--ossec", ossecFolder()], knock);
    expect(answers(stdout)).toMatchObject([
      {
        decoder: "door",
        fields: { srcuser: "eve", srcip: "203.0.113.9", proto: "tcp" },
        rule: 200,
        level: 3,
      },
    ]);
  });

  test("counts as OSSEC does: at frequency + 2", async () => {
    const { stdout } = await scratch.cli(
      ["logtest", "--json", "--ossec", ossecFolder("rules_config.xml a_rules.xml\nb_rules.xml\n")],
      knock.repeat(3),
    );
    expect(answers(stdout).map(({ rule }) => rule)).toEqual([200, 200, 201]);
  });

  test("reads the files that ruleset.list names, and no others", async () => {
    const folder = ossecFolder("rules_config.xml\n");
    const { stdout } = await scratch.cli(["logtest", "--json", "--ossec", folder], knock);
    expect(answers(stdout)).toMatchObject([{ decoder: "door", rule: null }]);
  });

  test("the time is that of arrival", async () => {
    const { stdout } = await scratch.cli(["logtest", "-a", "--ossec", ossecFolder()], knock);
    const [, second] = /^\*\* Alert (\d+)\.1:/.exec(stdout) ?? [];
    expect(Math.abs(Number(second) - Date.now() / 1000)).toBeLessThan(60);
  });

  test("an empty line is left out, one of one character is not looked at", async () => {
    const { stdout } = await scratch.cli(
      ["logtest", "--json", "--ossec", ossecFolder()],
      `\nx\n${knock}`,
    );
    expect(answers(stdout).map(({ line, rule }) => [line, rule])).toEqual([
      ["x", null],
      [knock.trim(), 200],
    ]);
  });

  test("a local decoder is read when it is there", async () => {
    const folder = ossecFolder();
    const local = '<decoder name="gate"><program_name>^gated$</program_name></decoder>';
    writeFileSync(join(folder, "local_decoder.xml"), local);
    const { stdout } = await scratch.cli(
      ["logtest", "--json", "--ossec", folder],
      "Nov 22 10:00:01 web1 gated[1]: open\n",
    );
    expect(answers(stdout)).toMatchObject([{ decoder: "gate" }]);
  });

  test("--fresh forgets what decoders gather from several lines, too", async () => {
    const folder = ossecFolder();
    const children = ["open (\\d+) from (\\S+)", "close (\\d+)"].map((regex) => {
      const [word] = regex.split(" ");
      const order = word === "open" ? "id,srcip" : "id";
      return `<decoder name="gate-${word}"><parent>gate</parent><prematch>^${word}</prematch><regex>^${regex}$</regex><order>${order}</order><accumulate/></decoder>`;
    });
    writeFileSync(
      join(folder, "local_decoder.xml"),
      `<decoder name="gate"><program_name>^gated$</program_name></decoder>${children.join("")}`,
    );
    const gate = (text: string) => `Nov 22 10:00:01 web1 gated[1]: ${text}\n`;
    const input = gate("open 7 from 203.0.113.9") + gate("close 7");
    const last = async (...options: string[]) => {
      const args = ["logtest", "--json", "--ossec", folder, ...options];
      return answers((await scratch.cli(args, input)).stdout).at(-1).fields;
    };
    expect(await last()).toEqual({ id: "7", srcip: "203.0.113.9" });
    expect(await last("--fresh")).toEqual({ id: "7" });
  });

  test("a file that ruleset.list names and that is not there", async () => {
    const { stderr, exitCode } = await scratch.cli([
      "logtest",
      "--ossec",
      ossecFolder("rules_config.xml none.xml"),
    ]);
    expect([exitCode, stderr.split("\n")[0]]).toEqual([
      66,
      `stockade: cannot find ${join(scratch.root, "ossec/rules/none.xml")}`,
    ]);
  });

  test("a wrong rule is told with file and line", async () => {
    const folder = ossecFolder();
    appendFileSync(join(folder, "rules/a_rules.xml"), '\n<group name="x,"><rul/></group>');
    const { stderr, exitCode } = await scratch.cli(["logtest", "--ossec", folder]);
    expect([exitCode, stderr.includes("a_rules.xml:2: <rul> is no <rule>")]).toEqual([78, true]);
  });
});
