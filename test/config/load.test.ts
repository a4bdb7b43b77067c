import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadRules, ruleFilesIn } from "../../src/analyse/rules/load.ts";
import { loadSettings } from "../../src/config/load.ts";
import { shared } from "../shared.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-config-"));

function load(text: string) {
  const file = join(folder, "stockade.conf");
  writeFileSync(file, text);
  return loadSettings(file);
}

/** The message of the Failure, with the folder cut off. */
function refusal(text: string): string {
  try {
    load(text);
  } catch (error) {
    return (error as Error).message.replace(`${folder}/`, "");
  }
  return "no failure";
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
    emailNotification: true,
    emailTo: ["name@example.com"],
    emailFrom: "ossec@mail.example.com",
    smtpServer: "localhost",
    emailMaxPerHour: 6,
    whiteList: ["203.0.113.12"],
  });
  expect(settings.alerts).toEqual({ logLevel: 1, emailLevel: 9 });
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
  const { rules } = loadRules([ruleFilesIn(join(import.meta.dirname, "../../rules")), ruleFilesIn(local)]);
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
    "<ossec_config>\n<syscheck><frequency>1</frequency></syscheck>\n<localfile>\n<log_format>eventlog</log_format><location>x</location></localfile>\n<command><name>v</name><executable>verify.sh</executable><expect></expect></command><active-response><command>v</command><location>local</location><rules_group>a</rules_group></active-response></ossec_config>",
  );
  expect(notices.map(({ line }) => line)).toEqual([2, 3, 5, 5, 1, 1]);
  expect(notices[0]?.message).toContain("file integrity is not watched");
  expect(notices[1]?.message).toContain("x is not read");
});

test("OSSEC's stock sections load, each with what it does not do", () => {
  const { settings, notices } = load(
    "<ossec_config><global><allow_list>^localhost.localdomain$</allow_list></global><localfile><log_format>command</log_format><command>df -P</command><alias>disk</alias></localfile><active-response><repeated_offenders>30,60</repeated_offenders></active-response><active-response><command>firewall-drop</command><location>all</location><level>6</level><timeout>600</timeout><repeated_offenders>30</repeated_offenders></active-response></ossec_config>",
  );
  expect(settings.global.whiteList).toEqual(["localhost.localdomain"]);
  expect(settings.activeResponses).toHaveLength(1);
  expect(notices.map(({ message }) => message.slice(0, 30))).toEqual([
    'log format "command" is not su',
    "<repeated_offenders> is not su",
    'active response "firewall-drop',
    "no <localfile> that can be rea",
  ]);
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
    { response: "firewall-drop", ruleIds: [5712, 5720], ruleGroups: ["a", "b"], seconds: 600 },
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
      "<active-response><command>host-deny</command><level>9</level><timeout>0</timeout></active-response>",
      "expected a whole number from 1 to 2147483",
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
    ["plain text </x>", "stockade.conf:3:"],
  ])("%s", (text, expected) => {
    expect(refusal(within(text))).toContain(expected);
  });

  test.each(["", "  \n", "<!-- nothing -->"])("an empty file disarms nothing: %j", (text) => {
    expect(refusal(text)).toContain("stockade.conf is empty");
  });

  test("a file that is not there", () => {
    expect(() => loadSettings(join(folder, "absent.conf"))).toThrow("cannot find");
  });
});
