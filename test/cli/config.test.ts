import {
  appendFileSync,
  chmodSync,
  cpSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shared } from "../shared.ts";
import { openScratch, type Scratch, until } from "./scratch.ts";

let scratch: Scratch;
let conf: string;
beforeEach(() => {
  scratch = openScratch();
  conf = join(scratch.root, "etc/stockade/stockade.conf");
});
afterEach(() => scratch.remove());

const check = (...more: string[]) => scratch.cli(["config", "check", ...more]);

describe("config check", () => {
  test("in order", async () => {
    const { stdout, exitCode } = await check();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/stockade\.conf is in order: \d+ rules, 1 logs, 0 active responses$/);
  });

  test("of a file that is not in its place yet", async () => {
    const file = scratch.write(
      "new.conf",
      "<stockade_config>\n<rules><include>none.xml</include></rules>\n<oops/></stockade_config>",
    );
    const { stderr, exitCode } = await check(file);
    expect([exitCode, stderr]).toEqual([78, expect.stringContaining(`${file}:3: `)]);
    const good = scratch.write("good.conf", readFileSync(conf, "utf8"));
    expect((await check(good)).stdout).toContain(`${good} is in order`);
  });

  test("a file of signs of rootkits that is not there is a note at the option that names it", async () => {
    const option = "<rootkit_files>/none.txt</rootkit_files>";
    const file = scratch.write(
      "new.conf",
      `<ossec_config><rootcheck>${option}</rootcheck></ossec_config>`,
    );
    const { stdout, exitCode } = await check(file);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^note: .*:\d+: <rootkit_files> cannot find \/none\.txt: nothing/m);
  });

  test("what is not done is a note with file and line, for people and for programs", async () => {
    scratch.settings("<global><logall>yes</logall></global>\n<reports/>");
    const { stdout, exitCode } = await check();
    expect(exitCode).toBe(0);
    expect(stdout.split("\n").slice(0, 2)).toEqual([
      `note: ${conf}:4: <logall> has no effect: lines that raise no alert are not kept`,
      `note: ${conf}:5: <reports> is not supported yet: no daily report is made`,
    ]);
    const answer = JSON.parse((await check("--json")).stdout);
    expect(answer).toMatchObject({ ok: true, settings: { global: { emailMaxPerHour: 6 } } });
    expect(answer.notices[1]).toEqual({
      file: conf,
      line: 5,
      message: "<reports> is not supported yet: no daily report is made",
    });
  });

  test("every mistake is one line, and all are told", async () => {
    scratch.settings(
      "<alerts><email_alert_level>nine</email_alert_level></alerts>\n<global><logal>no</logal>\n<white_list>\u001b[31m\n\nx</white_list></global>\n<globl/>",
    );
    const { stdout, stderr, exitCode } = await check();
    expect([exitCode, stdout]).toEqual([78, ""]);
    expect(stderr.split("\n")).toEqual([
      `stockade: ${conf}:4: <email_alert_level> is "nine", expected a whole number from 0 to 16`,
      `stockade: ${conf}:5: <logal> is no option of <global>`,
      expect.stringMatching(
        /stockade.conf:6: <white_list> is "\\x1b\[31m\\x0a\\x0ax", expected an/,
      ),
      `stockade: ${conf}:9: <globl> is no section`,
      expect.stringMatching(/^hint: options are .*logall/),
      expect.stringMatching(/^hint: sections are global, /),
    ]);
    const json = await check("--json");
    expect(json.exitCode).toBe(78);
    expect(JSON.parse(json.stdout).mistakes).toHaveLength(4);
  });

  test("a mistake in a local rule", async () => {
    scratch.rule('<group name="local,">\n<rule id="1" level="99"/>\n</group>');
    const { stderr, exitCode } = await check();
    expect(exitCode).toBe(78);
    expect(stderr).toContain("local.xml:2: <rule>");
  });

  test("mistakes in several files of rules, in one go", async () => {
    scratch.rule('<group name="local,">\n<rule id="1" level="99"/>\n<rul id="2"/>\n</group>');
    scratch.write("etc/stockade/rules/other.xml", '<group name="t,">\n<rule>\n</group>');
    const { stderr, exitCode } = await check();
    expect(exitCode).toBe(78);
    expect(stderr.match(/\w+\.xml:\d+: /g)).toEqual([
      "local.xml:2: ",
      "local.xml:3: ",
      "other.xml:3: ",
    ]);
  });

  test("a rule file that is named and not there", async () => {
    scratch.settings(
      "<rules>\n<include>0050-stockade.xml</include>\n<include>x.xml</include></rules>",
    );
    const { stderr, exitCode } = await check();
    expect(exitCode).toBe(78);
    expect(stderr).toContain(`${conf}:6: <include> names "x.xml", and there is no `);
  });

  test("exactly the rules that are named are read", async () => {
    scratch.rule('<group name="a,"><rule id="100001" level="3"><match>x</match></rule></group>');
    scratch.settings("<rules>\n<include>local.xml</include></rules>");
    expect((await check()).stdout).toContain("is in order: 1 rules");
  });

  test("OSSEC's ruleset, brought as it is, is in order without a word", async () => {
    const stock = shared("conformance/ossec");
    cpSync(join(stock, "decoder.xml"), join(scratch.root, "etc/stockade/decoder.xml"));
    cpSync(join(stock, "rules"), join(scratch.root, "etc/stockade/rules"), { recursive: true });
    const names = readFileSync(join(stock, "ruleset.list"), "utf8").trim().split("\n");
    const includes = names.map((name) => `<include>${name}</include>`).join("\n");
    scratch.settings(
      `<global><ossec_compatible>yes</ossec_compatible></global><rules>${includes}</rules>`,
    );
    const { stdout } = await check();
    expect(stdout.split("\n")).toEqual([
      expect.stringContaining("no <active-response>: nobody is ever blocked"),
      expect.stringMatching(/is in order: 1134 rules, 1 logs, 0 active responses$/),
    ]);
  });

  test("a file that may not be read", async () => {
    chmodSync(scratch.root, 0o755);
    chmodSync(conf, 0);
    const bundle = join(import.meta.dirname, "../../dist/stockade.mjs");
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const { stderr, exitCode } = await execa(
      process.execPath,
      [bundle, "--root", scratch.root, "config", "check"],
      { reject: false, ...nobody },
    );
    expect([exitCode, stderr.split("\n")[0]]).toEqual([
      77,
      expect.stringContaining(`cannot read ${conf}: EACCES: permission denied`),
    ]);
  });

  test("no file at all", async () => {
    rmSync(conf);
    const { stderr, exitCode } = await check();
    expect([exitCode, stderr.includes(`cannot find ${conf}`)]).toEqual([66, true]);
  });
});

describe("a reload with a mistake", () => {
  afterEach(() => scratch.cli(["stop"]));
  const alerts = () =>
    readFileSync(join(scratch.root, "var/log/stockade/alerts/alerts.log"), "utf8");
  const ownLog = () => readFileSync(join(scratch.root, "var/log/stockade/stockade.log"), "utf8");
  const status = () =>
    JSON.parse(readFileSync(join(scratch.root, "run/stockade/daemon/status.json"), "utf8"));
  const rule = (word: string) =>
    scratch.rule(
      `<group name="t,"><rule id="100001" level="3"><match>${word}</match><description>${word}</description></rule></group>`,
    );
  const sees = async (word: string) => {
    const lines = alerts().split("\n").length;
    appendFileSync(scratch.log, `Nov 22 10:00:00 web1 tool[1]: ${word}\n`);
    await until(() => alerts().split("\n").length > lines, `an alert of ${word}`);
    return alerts();
  };

  test.each([
    [
      "the settings",
      () => scratch.settings("<globl/>\n<global><stats>x</stats></global>"),
      ":4: <globl>",
    ],
    [
      "a rule",
      () => scratch.rule('<group name="t,">\n<rule id="100001"/>\n</group>'),
      "local.xml:2:",
    ],
    [
      "a pattern of what a rule counts",
      () =>
        scratch.rule(
          '<group name="t,">\n<rule id="100001" level="3" frequency="2">\n<if_matched_regex>(a</if_matched_regex></rule>\n</group>',
        ),
      "local.xml:3: <if_matched_regex> ",
    ],
    ["the XML", () => writeFileSync(conf, "<stockade_config>\n<global>\n"), ":3: Expected closing"],
    ["the file itself", () => rmSync(conf), "cannot find"],
  ])("in %s leaves what protects in force, and says so", async (_what, spoil, message) => {
    rule("apple");
    writeFileSync(scratch.log, "");
    await scratch.cli(["start"]);
    expect(await sees("apple")).toContain("-> 'apple'");

    spoil();
    process.kill(status().pid, "SIGHUP");
    await until(() => ownLog().includes("reload refused"), "a refusal");
    expect(ownLog()).toMatch(/reload refused, the old settings stay in force: \S/);
    expect(ownLog()).toContain(message);
    expect(await sees("apple")).toContain("-> 'apple'");
    await until(() => status().problem !== undefined, "the problem in the status");
    expect((await scratch.cli(["status"])).stdout).toContain(status().problem);

    scratch.settings("");
    rule("pear");
    process.kill(status().pid, "SIGHUP");
    await until(() => ownLog().includes("read anew"), "a reload");
    expect(await sees("pear")).toContain("-> 'pear'");
  });
});

test("what the responder may know is written anew when the settings were touched, and only then", async () => {
  const file = join(scratch.root, "run/stockade/respond.json");
  const compiled = async (change = () => {}) => {
    change();
    expect((await scratch.cli(["config", "compile"])).exitCode).toBe(0);
    return statSync(file).mtimeMs;
  };
  const first = await compiled();
  expect(await compiled()).toBe(first);
  const second = await compiled(() => {
    const text = readFileSync(conf, "utf8");
    writeFileSync(
      conf,
      text.replace(
        "<global>",
        "<global><white_list>192.0.2.9</white_list><home_net>10.9.0.0/16</home_net>",
      ),
    );
    // As `cp -p` of an older file would have it.
    utimesSync(conf, 1000, 1000);
  });
  expect(second).toBeGreaterThan(first);
  expect(JSON.parse(readFileSync(file, "utf8")).whiteList).toEqual(["192.0.2.9", "10.9.0.0/16"]);
});
