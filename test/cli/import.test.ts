import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { shared } from "../shared.ts";
import { openScratch, type Scratch, until } from "./scratch.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(() => scratch.remove());

function put(name: string, text: string): string {
  const path = join(scratch.root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const settings = () => readFileSync(join(scratch.root, "etc/stockade/stockade.conf"), "utf8");

interface Found {
  readonly what: string;
  readonly fate: string;
  readonly because?: string;
}

async function imported(...args: string[]): Promise<Found[]> {
  const { stdout, exitCode, stderr } = await scratch.cli(["import", ...args, "--json"]);
  expect(exitCode, stdout + stderr).toBe(0);
  return JSON.parse(stdout).items;
}

const fates = (items: Found[], fate: string) =>
  items.filter((one) => one.fate === fate).map(({ what }) => what);

function ossec(log: string): void {
  put(
    "var/ossec/etc/ossec.conf",
    `<ossec_config>
  <global>
    <email_notification>yes</email_notification>
    <email_to>admin@example.com</email_to>
    <email_from>ossec@example.com</email_from>
    <white_list>127.0.0.1</white_list>
    <white_list>192.0.2.53</white_list>
    <logall>yes</logall>
    <no_such_option>1</no_such_option>
  </global>
  <rules><include>stock_rules.xml</include><include>local_rules.xml</include></rules>
  <syscheck><frequency>79200</frequency></syscheck>
  <localfile><log_format>syslog</log_format><location>${log}</location></localfile>
  <localfile><log_format>syslog</log_format><location>${log}.other</location></localfile>
  <localfile><log_format>syslog</log_format><location>${log}.absent</location></localfile>
  <command><name>tell</name><executable>tell.sh</executable><expect></expect></command>
  <active-response><command>tell</command><location>local</location><rules_id>5712</rules_id></active-response>
  <active-response><command>firewall-drop</command><location>local</location><level>6</level><timeout>600</timeout></active-response>
  <active-response><command>nothing</command><location>local</location><level>6</level></active-response>
</ossec_config>
`,
  );
  put(
    "var/ossec/rules/stock_rules.xml",
    '<group name="x"><rule id="1" level="3"><match>x</match><description>x</description></rule></group>',
  );
  put(
    "var/ossec/rules/local_rules.xml",
    `<group name="local,">
  <rule id="100001" level="10"><if_sid>5710</if_sid><match>oracle</match><description>one of ours</description></rule>
  <rule id="100002" level="10"><if_sid>999999</if_sid><description>below nothing</description></rule>
  <rule id="100003" level="10"><if_sid>100002</if_sid><description>below that</description></rule>
</group>
`,
  );
  for (const name of [log, `${log}.other`]) writeFileSync(name, "");
}

test("OSSEC's settings and own rules are taken as far as they mean something, and the rest is named", async () => {
  ossec(scratch.log);
  const dry = await imported("ossec", "--dry-run");
  expect(settings()).not.toContain("imported");
  expect(readdirSync(join(scratch.root, "etc/stockade/rules"))).toEqual([]);
  const items = await imported("ossec");
  expect(items).toEqual(dry);
  expect(fates(items, "taken")).toEqual([
    "<email_to>admin@example.com",
    "<white_list>192.0.2.53",
    "<syscheck>",
    `<localfile>${scratch.log}.other`,
    "<active-response>tell",
    "<active-response>firewall-drop",
    "<command>tell",
    "the rules of local_rules.xml",
  ]);
  expect(fates(items, "already")).toEqual(["<email_notification>yes", `<localfile>${scratch.log}`]);
  const left = items.filter(({ fate }) => fate === "left");
  const because = Object.fromEntries(left.map((one) => [one.what, one.because]));
  expect(because).toMatchObject({
    "<email_from>ossec@example.com": expect.stringContaining("relay"),
    "<logall>yes": expect.stringContaining("has no effect"),
    "<no_such_option>1": expect.stringContaining("is no option of <global>"),
    [`<localfile>${scratch.log}.absent`]: "is not there",
    "<active-response>nothing": expect.stringContaining('"nothing", which is not defined'),
    "rule 100002": expect.stringContaining("999999"),
    "rule 100003": expect.stringContaining("100002"),
    "1 rule files of OSSEC's": expect.stringContaining("--ruleset"),
  });
  expect((await scratch.cli(["config", "check"])).stdout).toContain("is in order");
  const shown = await scratch.cli(["rules", "show", "100001"]);
  expect(shown.stdout).toContain("one of ours");
});

test("imported once more, nothing doubles; what the admin wrote stays", async () => {
  ossec(scratch.log);
  const before = settings();
  await imported("ossec");
  const once = settings();
  expect(once.startsWith(before.trimEnd())).toBe(true);
  const again = await imported("ossec");
  expect(settings()).toBe(once);
  expect(fates(again, "taken")).toContain("<white_list>192.0.2.53");
  put("var/ossec/etc/ossec.conf", "<ossec_config><global></global></ossec_config>");
  await imported("ossec");
  expect(settings().trimEnd()).toBe(before.trimEnd());
});

test("--ruleset judges as OSSEC does, by its own files in their order", async () => {
  const names = readFileSync(shared("conformance/ossec/ruleset.list"), "utf8").trim().split(/\s+/);
  const includes = names.map((name) => `<include>${name}</include>`).join("\n");
  put("var/ossec/etc/ossec.conf", `<ossec_config><rules>${includes}</rules></ossec_config>`);
  cpSync(shared("conformance/ossec/rules"), join(scratch.root, "var/ossec/rules"), {
    recursive: true,
  });
  cpSync(shared("conformance/ossec/decoder.xml"), join(scratch.root, "var/ossec/etc/decoder.xml"));
  const items = await imported("ossec", "--ruleset");
  expect(fates(items, "taken")).toHaveLength(names.length + 1);
  const { stdout } = await scratch.cli(["config", "check", "--json"]);
  const checked = JSON.parse(stdout);
  expect(checked.settings.global.ossecCompatible).toBe(true);
  expect(checked.rules).toBeGreaterThan(1000);
});

test.each([
  ["no installation", undefined, "there is no "],
  ["broken XML", "<ossec_config><global>", "found the end of the file"],
])("%s: an error in words, and nothing changes", async (_name, text, message) => {
  if (text !== undefined) put("var/ossec/etc/ossec.conf", text);
  const before = settings();
  const { stderr, exitCode } = await scratch.cli(["import", "ossec"]);
  expect(stderr).toContain(message);
  expect(exitCode).not.toBe(0);
  expect(settings()).toBe(before);
});

test("what is said names the admin's own files, not the copy that was tried", async () => {
  ossec(scratch.log);
  put("var/ossec/etc/local_decoder.xml", '<decoder name="x"><parent>nobody</parent></decoder>');
  const { stdout } = await scratch.cli(["import", "ossec", "--dry-run"]);
  expect(stdout).toContain("the decoders of local_decoder.xml");
  expect(stdout).not.toContain("stockade-import-");
  scratch.settings("<no_such_section/>");
  const { stderr, exitCode } = await scratch.cli(["import", "ossec"]);
  expect(stderr).toContain(`${scratch.root}/etc/stockade/stockade.conf:`);
  expect(stderr).not.toContain("stockade-import-");
  expect(exitCode).toBe(78);
});

function database(rows: [string, string, number, number][]): void {
  const path = put("var/lib/fail2ban/fail2ban.sqlite3", "");
  const base = new DatabaseSync(path);
  base.exec("CREATE TABLE bips(ip TEXT, jail TEXT, timeofban INTEGER, bantime INTEGER)");
  const insert = base.prepare("INSERT INTO bips VALUES(?, ?, ?, ?)");
  for (const row of rows) insert.run(...row);
  base.close();
}

test("fail2ban: whom it never bans, its times, and the bans that are left", async () => {
  put("etc/fail2ban/jail.conf", "[DEFAULT]\nbantime = 10m\n[recidive]\nbantime = 1w\n[sshd]\n");
  put(
    "etc/fail2ban/jail.local",
    "[DEFAULT]\nignoreip = 127.0.0.1/8 192.0.2.10 no/thing\nbantime = 1h\n[sshd]\nenabled = true\n[recidive]\nenabled = yes\n[my-app]\nenabled = true\n[off]\nenabled = false\n",
  );
  const now = Math.floor(Date.now() / 1000);
  database([
    ["203.0.113.9", "sshd", now - 100, 3600],
    ["203.0.113.9", "recidive", now - 100, 604_800],
    ["203.0.113.10", "sshd", now - 9999, 600],
    ["2001:db8::9", "sshd", now, -1],
    ["; reboot", "sshd", now, 600],
  ]);
  scratch.write("run/stockade/respond.json", JSON.stringify({ whiteList: [] }));
  scratch.start("stockade-respond");
  await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the responder");
  const { mode } = statSync(join(scratch.root, "etc/stockade/stockade.conf"));
  const items = await imported("fail2ban");
  expect(fates(items, "taken")).toEqual([
    "ignoreip 192.0.2.10",
    "bantime 1h",
    "recidive",
    "jail sshd",
    "ban of 203.0.113.9",
    "ban of 2001:db8::9",
  ]);
  expect(fates(items, "left")).toEqual([
    "ignoreip 127.0.0.1/8",
    "ignoreip no/thing",
    "jail my-app",
  ]);
  expect(settings()).toContain("<repeated_offenders>60,60,60,10080</repeated_offenders>");
  expect(statSync(join(scratch.root, "etc/stockade/stockade.conf")).mode).toBe(mode);
  const bans = JSON.parse((await scratch.cli(["bans", "--json"])).stdout);
  expect(bans).toHaveLength(2);
  expect(bans[0]).toMatchObject({
    network: "203.0.113.9",
    why: "banned by fail2ban, jail recidive",
  });
  expect(bans[0].until - Date.now()).toBeGreaterThan(6 * 86_400_000);
});

test("where nobody blocks, the settings are taken and it is said that the bans are not in force", async () => {
  put("etc/fail2ban/jail.local", "[DEFAULT]\nbantime = 1h\n[sshd]\nenabled = true\n");
  const now = Math.floor(Date.now() / 1000);
  // So many that asking about each in vain would take minutes.
  const bans = Array.from({ length: 60 }, (_, index) => `203.0.113.${index + 1}`);
  database(bans.map((address) => [address, "sshd", now, 3600]));
  const { stdout, stderr, exitCode } = await scratch.cli(["import", "fail2ban"]);
  expect(settings()).toContain("<timeout>3600</timeout>");
  expect(stdout).toMatch(/not taken: 60\n {2}ban of 203\.0\.113\.1 +the responder does not answer/);
  expect(stderr).toMatch(
    /^stockade: 60 bans of fail2ban are not in force: .*\nhint: stockade start, then import again/,
  );
  expect(exitCode).toBe(69);

  scratch.write("run/stockade/respond.json", JSON.stringify({ whiteList: [] }));
  scratch.start("stockade-respond");
  await until(async () => (await scratch.cli(["bans"])).exitCode === 0, "the responder");
  expect(fates(await imported("fail2ban"), "taken")).toContain("ban of 203.0.113.3");
});

test("growing bans grow here, too; what is no database is said", async () => {
  put(
    "etc/fail2ban/jail.local",
    "[DEFAULT]\nbantime.increment = true\nbantime.maxtime = 1d\n[recidive]\nenabled = true\n",
  );
  const items = await imported("fail2ban", "--no-bans");
  expect(fates(items, "taken")).toEqual(["bantime.increment"]);
  expect(settings()).toContain("<repeated_maximum>86400</repeated_maximum>");
  put("var/lib/fail2ban/fail2ban.sqlite3", "no database at all, but long enough to be read as one");
  const { exitCode, stderr } = await scratch.cli(["import", "fail2ban"]);
  expect(stderr).toContain("file is not a database");
  expect(exitCode).toBe(65);
});
