import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadRules } from "../../src/analyse/rules/load.ts";
import { loadSettings } from "../../src/config/load.ts";
import { xmlFilesIn } from "../../src/config/rule-files.ts";
import { Failure, mistakesIn } from "../../src/core/failure.ts";
import { shared } from "../shared.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-config-"));

function load(text: string) {
  const file = join(folder, "stockade.conf");
  writeFileSync(file, text);
  return loadSettings(file);
}

function failureOf(text: string): Failure {
  try {
    load(text);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  return new Failure("no failure");
}

/** The message of the Failure, with the folder cut off. */
function refusal(text: string): string {
  return failureOf(text).message.replace(`${folder}/`, "");
}

test("the user's article: its settings load unchanged", () => {
  const article = readFileSync(shared("background/003_64443d7cbe33d1ea.txt"), "utf8");
  const parts = [...article.matchAll(/<(global|alerts|active-response|localfile)>.*?<\/\1>/gs)];
  const { settings, notices } = load(
    `<ossec_config>${parts.map(([part]) => part).join("\n")}</ossec_config>`,
  );
  expect(parts).toHaveLength(6);
  expect(notices).toEqual([]);
  expect(settings.global).toEqual({
    ossecCompatible: false,
    jsonOutput: true,
    memorySize: 8192,
    emailNotification: true,
    emailTo: ["name@example.com"],
    emailFrom: "ossec@mail.example.com",
    smtpServer: "localhost",
    emailMaxPerHour: 6,
    whiteList: ["203.0.113.12"],
    homeNets: [],
    signatures: [],
  });
  expect(settings.alerts).toEqual({ logLevel: 1, emailLevel: 9, emailRules: [] });
  expect(settings.localFiles).toEqual([
    { location: "/var/log/suricata/fast.log", logFormat: "snort-fast" },
  ]);
  expect(
    settings.activeResponses.map(({ response, level, seconds }) => [response, level, seconds]),
  ).toEqual([
    ["host-deny", 9, 300],
    ["firewall-drop", 9, 300],
  ]);
});

test("the user's article: its rules load unchanged, over the shipped ones", () => {
  const article = readFileSync(shared("background/003_64443d7cbe33d1ea.txt"), "utf8");
  const groups = [...article.matchAll(/<group name="snort-fast,">.*?<\/group>/gs)];
  const local = mkdtempSync(join(tmpdir(), "stockade-rules-"));
  writeFileSync(join(local, "local_rules.xml"), groups.map(([group]) => group).join("\n"));
  const { rules } = loadRules([
    xmlFilesIn(join(import.meta.dirname, "../../rules")),
    xmlFilesIn(local),
  ]);
  expect(rules.get(300011)?.spec.file).toContain(local);
  expect(rules.get(3000015)?.level).toBe(14);
});

test("the shipped settings file says what the defaults are", () => {
  const { settings, notices } = loadSettings(
    join(import.meta.dirname, "../../config/stockade.conf"),
  );
  const plain = load("<stockade_config/>").settings;
  expect(notices).toEqual([]);
  expect(settings.alerts).toEqual(plain.alerts);
  expect(settings.global.emailMaxPerHour).toEqual(plain.global.emailMaxPerHour);
  expect(settings.localFiles.map(({ logFormat }) => logFormat)).toContain("snort-fast");
  expect(settings.activeResponses.map(({ level, seconds }) => [level, seconds])).toEqual([
    [9, 300],
    [9, 300],
  ]);
});

test("OSSEC's XML: several roots, comments, bare ampersands, a byte order mark, an XML declaration", () => {
  const { settings } = load(
    '\ufeff<?xml version="1.0"?>\n<!-- a & b -- c --><ossec_config><global><email_from>a&b@example.com</email_from></global></ossec_config>\n<stockade_config><global><white_list>host.example</white_list></global></stockade_config>',
  );
  expect(settings.global).toMatchObject({
    emailFrom: "a&b@example.com",
    whiteList: ["host.example"],
  });
});

test("what is not supported yet is named with its line and its meaning", () => {
  const { notices } = load(
    "<ossec_config>\n<reports><title>1</title></reports>\n<localfile>\n<log_format>eventlog</log_format><location>x</location></localfile>\n<command><name>v</name><executable>verify.sh</executable><expect></expect></command><active-response><command>v</command><location>local</location><rules_group>a</rules_group></active-response></ossec_config>",
  );
  expect(notices.map(({ line }) => line)).toEqual([2, 3, 1, 1]);
  expect(notices[0]?.message).toContain("no daily report is made");
  expect(notices[1]?.message).toContain("x is not read");
});

test("what is switched off, or is so anyway, is no news", () => {
  const { notices } = load(
    "<ossec_config><syscheck><disabled>yes</disabled></syscheck><rootcheck><disabled>yes</disabled></rootcheck><global><logall>no</logall><stats>0</stats><jsonout_output>yes</jsonout_output><memory_size>4096</memory_size><ossec_compatible>yes</ossec_compatible></global><localfile><location>/x</location><log_format>syslog</log_format></localfile><active-response><command>host-deny</command><disabled>yes</disabled></active-response></ossec_config>",
  );
  expect(notices.map(({ message }) => message)).toEqual([
    "no <active-response>: nobody is ever blocked",
  ]);
});

test("OSSEC's way to switch every response off is honoured, and told", () => {
  const { settings, notices } = load(
    "<ossec_config><active-response><command>host-deny</command><level>9</level><timeout>60</timeout></active-response>\n<active-response><disabled>yes</disabled></active-response></ossec_config>",
  );
  expect(settings.activeResponses).toEqual([]);
  expect(notices).toContainEqual({
    file: join(folder, "stockade.conf"),
    line: 2,
    message: "<active-response> is disabled as a whole: nobody is blocked",
  });
});

test("a group that is written as a pattern is told to be read as names", () => {
  const { notices } = load(
    "<ossec_config>\n<active-response><command>host-deny</command><rules_group>^web|attack</rules_group><timeout>9</timeout></active-response></ossec_config>",
  );
  expect(notices[0]).toMatchObject({
    line: 2,
    message: "<active-response> reads <rules_group> as names of groups, not as a pattern",
  });
});

test("a group that is written as a pattern is one to OSSEC, and no news", () => {
  const { settings, notices } = load(
    "<ossec_config>\n<active-response><command>host-deny</command><rules_group>^web|attack</rules_group><timeout>9</timeout></active-response><global><ossec_compatible>yes</ossec_compatible></global></ossec_config>",
  );
  expect(notices.map(({ message }) => message)).toEqual([
    expect.stringContaining("no <localfile>"),
  ]);
  expect(settings.activeResponses[0]).toMatchObject({
    groupPattern: "^web|attack",
    ruleGroups: [],
  });
});

test("a white list of any spares everybody, and says so", () => {
  const { settings, notices } = load(
    "<ossec_config>\n<global><white_list>any</white_list></global></ossec_config>",
  );
  expect(settings.global.whiteList).toEqual(["0.0.0.0/0", "::/0"]);
  expect(notices[0]).toMatchObject({
    line: 2,
    message: "<white_list> is any: nobody is ever blocked",
  });
});

test("text where OSSEC reads nothing is named", () => {
  const { notices } = load(
    "<ossec_config>\n<global>yes<email_to>a@b</email_to></global></ossec_config>",
  );
  expect(notices[0]).toMatchObject({
    line: 2,
    message: '<global> holds text that means nothing: "yes"',
  });
});

test("a file that asks for nothing says so", () => {
  const { notices } = load("<stockade_config/>");
  expect(notices.map(({ message }) => message)).toEqual([
    "no <localfile> that can be read: no log is watched",
    "no <active-response>: nobody is ever blocked",
  ]);
});

test("a command may rename a response, as OSSEC's own files do", () => {
  const { settings } = load(
    "<ossec_config><command><name>drop</name><executable>firewall-drop.sh</executable><expect>srcip</expect></command><active-response><command>drop</command><rules_id>5712, 5720</rules_id><rules_group>a,b</rules_group></active-response></ossec_config>",
  );
  expect(settings.activeResponses).toEqual([
    {
      response: "firewall-drop",
      ruleIds: [5712, 5720],
      ruleGroups: ["a", "b"],
      seconds: 600,
      verdicts: ["attacked-by"],
    },
  ]);
});

test("the limits of the circuit breaker, each by itself", () => {
  const { settings, notices } = load(
    "<stockade_config><circuit_breaker><rule_per_minute>7</rule_per_minute><network_per_hour>9</network_per_hour></circuit_breaker><circuit_breaker><rule_per_hour>8</rule_per_hour></circuit_breaker></stockade_config>",
  );
  expect(settings.breaker).toEqual({
    all: { minute: 600, hour: 1500 },
    rule: { minute: 7, hour: 8 },
    network: { minute: 60, hour: 9 },
  });
  expect(notices).toHaveLength(2);
});

test("blocking is armed unless something is said", () => {
  expect(load("<stockade_config/>").settings.blocking).toMatchObject({
    observe: false,
    observeRules: [],
  });
  const { settings, notices } = load(
    "<stockade_config><active-response><command>host-deny</command><level>9</level><timeout>9</timeout><observe>yes</observe></active-response><active-response><disabled>yes</disabled><observe>yes</observe></active-response></stockade_config>",
  );
  expect(settings.activeResponses).toMatchObject([{ response: "host-deny", observe: true }]);
  expect(settings.blocking.observe).toBe(false);
  expect(notices.map(({ message }) => message)).toEqual([
    "no <localfile> that can be read: no log is watched",
  ]);
});

describe("the admin's mistakes", () => {
  const within = (text: string) => `<ossec_config>\n\n${text}\n</ossec_config>`;
  test.each([
    [
      "<global><email_to>name@example.com</global>",
      "stockade.conf:3: Expected closing tag 'email_to'",
    ],
    ["<globl/>", "stockade.conf:3: <globl> is no section"],
    [
      "<global><emial_to>x</emial_to></global>",
      "stockade.conf:3: <emial_to> is no option of <global>",
    ],
    [
      "<global><email_notification>maybe</email_notification></global>",
      '<email_notification> is "maybe", expected yes or no',
    ],
    ["<global><email_to>x</email_to></global>", '<email_to> is "x", expected one mail address'],
    ["<global><email_to>a@b, c@d</email_to></global>", "expected one mail address"],
    [
      "<global><white_list>010.0.0.1</white_list></global>",
      '<white_list> is "010.0.0.1", expected an address',
    ],
    ["<global><white_list>10.0.0.0/33</white_list></global>", "expected an address, a network"],
    [
      "<alerts><email_alert_level>nine</email_alert_level></alerts>",
      '"nine", expected a whole number from 0 to 16',
    ],
    [
      "<alerts><log_alert_level>17</log_alert_level></alerts>",
      '"17", expected a whole number from 0 to 16',
    ],
    [
      "<localfile><location>/x</location></localfile>",
      "stockade.conf:3: <localfile> has no <log_format>",
    ],
    [
      "<active-response><command>nuke</command><level>9</level></active-response>",
      'names the command "nuke", which is not defined',
    ],
    ["<active-response><command>host-deny</command></active-response>", "would never run"],
    [
      "<active-response><command>host-deny</command><level>9</level><timeout>31536001</timeout></active-response>",
      'stockade.conf:3: <timeout> is "31536001", expected a whole number from 0 to 31536000',
    ],
    [
      "<active-response><command>host-deny</command><location>moon</location><level>9</level></active-response>",
      'has the location "moon", expected local',
    ],
    [
      "<global><white_list>203.0.113.1-203.0.113.9</white_list></global>",
      "expected an address, a network",
    ],
    ["<global><white_list>0x7f.1</white_list></global>", "expected an address, a network"],
    ["</ossec_config>garbage<ossec_config>", 'text outside of any element: "garbage"'],
    ["<constructor/>", "stockade.conf: "],
    ["<toString/>", "stockade.conf:3: <__tostring> is no section"],
    ["<integration><name>x</name></integration>", "stockade.conf:3: <integration> is no section"],
    ["<agent_config/>", "stockade.conf:3: <agent_config> is no section"],
    ["<global><__proto__>x</__proto__></global>", "stockade.conf"],
    ["<command><nam>x</nam></command>", "stockade.conf:3: <nam> is no option of <command>"],
    ["<active-response><timout>9</timout></active-response>", "<timout> is no option of <active-"],
    ["<localfile><loction>/x</loction></localfile>", "<loction> is no option of <localfile>"],
    ["<syscheck><dir>x</dir></syscheck>", "stockade.conf:3: <dir> is no option of <syscheck>"],
    ["<global><valueOf>x</valueOf></global>", "is no option of <global>"],
    [
      "<global><ossec_compatible>on</ossec_compatible></global>",
      '<ossec_compatible> is "on", expected yes or no',
    ],
    ["<global><logall>1</logall></global>", '<logall> is "1", expected yes or no'],
    ["<global><stats>-1</stats></global>", '<stats> is "-1", expected a whole number'],
    ["<global><smtp_server></smtp_server></global>", '<smtp_server> is "", expected a host'],
    ["<global><smtp_server>a b</smtp_server></global>", '<smtp_server> is "a b", expected a host'],
    [
      "<global><memory_size>99999999999</memory_size></global>",
      '<memory_size> is "99999999999", expected a whole number',
    ],
    [
      "<global><email_to><b>a@b</b></email_to></global>",
      "stockade.conf:3: <email_to> holds <b>, expected text",
    ],
    ["<rules><rules_dir>x</rules_dir></rules>", "<rules_dir> is no option of <rules>"],
    ["<rules><include> </include></rules>", "<include> is empty, expected a path"],
    [
      '<rules><rule_dir patern="x">rules</rule_dir></rules>',
      '<rule_dir> has the attribute "patern", expected pattern',
    ],
    ["<command><name>x</name></command>", '<command> "x" has no <executable>'],
    ["<command><executable>x</executable></command>", "<command> has no <name>"],
    [
      "<command><name>d</name><executable>firewall-drop.sh</executable></command><active-response><command>d</command><level>9</level><timeout>9</timeout></active-response>",
      '<active-response> has a <timeout>, which the command "d" does not allow',
    ],
    [
      "<active-response><command>host-deny</command><level>\n21</level></active-response>",
      'stockade.conf:3: <level> is "21", expected a whole number from 0 to 20',
    ],
    [
      "<active-response><command>host-deny</command><level>9</level><disabled>maybe</disabled></active-response>",
      '<disabled> is "maybe", expected yes or no',
    ],
    [
      "<active-response><repeated_offenders>soon</repeated_offenders></active-response>",
      '"soon", expected minutes',
    ],
    [
      "<active-response>\n<observe>on</observe></active-response>",
      'stockade.conf:4: <observe> is "on", expected yes or no',
    ],
    [
      "<active-response>\n<observe_rules>5712, ssh</observe_rules></active-response>",
      'stockade.conf:4: <observe_rules> is "ssh", expected a whole number from 1 to 99999999',
    ],
    [
      "<active-response>\n<observe_rules>1</observe_rules><command>host-deny</command><level>9</level></active-response>",
      "stockade.conf:4: <observe_rules> stands beside a <command>, and means all of them",
    ],
    [
      "<circuit_breaker>\n<per_minute>0</per_minute></circuit_breaker>",
      'stockade.conf:4: <per_minute> is "0", expected a whole number from 1 to 60000',
    ],
    [
      "<circuit_breaker>\n<per_day>9</per_day></circuit_breaker>",
      "stockade.conf:4: <per_day> is no option of <circuit_breaker>",
    ],
    [
      "<active-response>\n<repeated_offenders>30,0</repeated_offenders></active-response>",
      'stockade.conf:4: <repeated_offenders> is "0", expected a whole number from 1 to 525600',
    ],
    [
      "<active-response>\n<repeated_multiplier>x</repeated_multiplier></active-response>",
      'stockade.conf:4: <repeated_multiplier> is "x", expected a whole number from 1 to 100',
    ],
    [
      "<active-response><repeated_offenders>5</repeated_offenders>\n<repeated_multiplier>2</repeated_multiplier></active-response>",
      "stockade.conf:4: <repeated_multiplier> stands beside <repeated_offenders>, expected one",
    ],
    ["plain text </x>", "stockade.conf:3:"],
  ])("%s", (text, expected) => {
    expect(refusal(within(text))).toContain(expected);
  });

  test.each(["", "  \n", "<!-- nothing -->"])("an empty file disarms nothing: %j", (text) => {
    expect(refusal(text)).toContain("stockade.conf:1: the file is empty");
  });

  test("all of them are told at once, each with what there is to choose from", () => {
    const text = within(
      "<globl/>\n<global><email_to>x</email_to>\n<logal>yes</logal></global><command><name>c</name><executable>host-deny.sh</executable><timeout_allowed>y</timeout_allowed></command><active-response><command>c</command><level>9</level></active-response>",
    );
    const failure = failureOf(text);
    expect(mistakesIn(failure).map(({ message }) => message)).toEqual([
      expect.stringMatching(/stockade.conf:3: <globl> is no section$/),
      expect.stringMatching(/stockade.conf:4: <email_to> is "x", expected one mail address$/),
      expect.stringMatching(/stockade.conf:5: <logal> is no option of <global>$/),
      expect.stringMatching(/stockade.conf:5: <timeout_allowed> is "y", expected yes or no$/),
    ]);
    expect(failure.hint).toMatch(/^sections are global, alerts, rules, localfile, /);
    expect(failure.others[1]?.hint).toMatch(/^options are .*\blogall\b/);
  });

  test("more of them than anybody reads are told in part", () => {
    expect(mistakesIn(failureOf(within("<globl/>".repeat(1000))))).toHaveLength(50);
  });

  test("a file that is not there", () => {
    expect(() => loadSettings(join(folder, "absent.conf"))).toThrow("cannot find");
  });
});
