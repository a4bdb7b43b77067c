import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { executableNotices } from "../../src/bin/executable-notices.ts";
import { loadSettings } from "../../src/config/load.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-config-"));
const file = join(folder, "s.conf");

function load(text: string) {
  writeFileSync(file, `<ossec_config>\n${text}</ossec_config>`);
  const { settings, notices } = loadSettings(file);
  const told = notices.map(({ line, message }) => `${line}: ${message}`);
  return { settings, told: told.filter((one) => !one.startsWith("1: ")) };
}

const command = (name: string, executable: string, more = "") =>
  `<command><name>${name}</name><executable>${executable}</executable>${more}</command>\n`;
const response = (name: string, more = "<rules_id>5712</rules_id>") =>
  `<active-response><command>${name}</command><location>local</location>${more}</active-response>\n`;

test("a command of the admin's, as OSSEC words it", () => {
  const more = "<expect>srcip, UserName</expect><timeout_allowed>yes</timeout_allowed>";
  const { settings, told } = load(
    command("page", "page.sh", more) +
      response("page", "<rules_group>attack|sshd</rules_group><timeout>60</timeout>"),
  );
  const expected = ["srcip", "user"];
  expect(settings.commands).toEqual([
    { name: "page", executable: "page.sh", expect: expected, mayEnd: true, at: `${file}:2` },
  ]);
  expect(settings.customResponses).toEqual([
    { command: "page", expect: expected, ruleIds: [], ruleGroups: ["attack", "sshd"], seconds: 60 },
  ]);
  expect(settings.activeResponses).toEqual([]);
  expect(told).toEqual([]);
});

test("without a time-out it is run once for each alert", () => {
  const { settings } = load(command("page", "page.sh", "<expect/>") + response("page"));
  expect(settings.customResponses).toMatchObject([{ seconds: 0 }]);
});

test.each([
  "",
  command(
    "disable-account",
    "disable-account.sh",
    "<expect>user</expect><timeout_allowed>yes</timeout_allowed>",
  ),
])("disable-account comes with Stockade, and is undone after 600 s unless told: %j", (text) => {
  const { settings, told } = load(text + response("disable-account"));
  expect(settings.commands).toMatchObject([
    {
      name: "disable-account",
      executable: "disable-account",
      expect: ["user"],
      mayEnd: true,
      at: "",
    },
  ]);
  expect(settings.customResponses).toMatchObject([{ command: "disable-account", seconds: 600 }]);
  expect(told).toEqual([
    expect.stringMatching(/of "disable-account" has no <timeout>: it lasts 600 s$/),
  ]);
});

test("nothing is disabled unless the settings ask for it", () => {
  const { settings } = load(
    command("disable-account", "disable-account.sh", "<expect>user</expect>"),
  );
  expect(settings.commands).toEqual([]);
  expect(settings.customResponses).toEqual([]);
});

test("from a level on, whoever tries a name chooses the account: that is told", () => {
  const { told } = load(response("disable-account", "<level>7</level><timeout>60</timeout>"));
  expect(told).toEqual([
    expect.stringMatching(/^2: .*whoever tries a user's name.*<rules_id> instead$/),
  ]);
});

test("W25: more than sixty-four commands", () => {
  const names = Array.from({ length: 200 }, (_, n) => `c${n}`);
  const { settings } = load(
    names.map((name) => command(name, `${name}.sh`, "<expect/>") + response(name)).join(""),
  );
  expect(settings.commands.map(({ name }) => name)).toEqual(names);
  expect(settings.customResponses.map((one) => one.command)).toEqual(names);
});

describe("mistakes have their place", () => {
  test.each([
    [command("a b", "x.sh"), /:2: <command> has the <name> "a b"/],
    [command("-d", "x.sh"), /:2: <command> has the <name> "-d"/],
    [command("a", "../x.sh"), /:2: <command> "a" runs "\.\.\/x\.sh", expected a plain file name/],
    [command("a", "/bin/sh"), /expected a plain file name/],
    [command("a", "x.sh -v"), /expected a plain file name/],
    [command("a", "-x"), /expected a plain file name/],
    [command("a", ".."), /expected a plain file name/],
    [
      command("a", "x.sh") + response("a", "<level>3</level><timeout>60</timeout>"),
      /:3: .*does not allow/,
    ],
    [command("a", "x.sh") + response("a", ""), /:3: .*would never run/],
  ])("%j", (text, message) => {
    expect(() => load(text)).toThrow(message);
  });

  test("what is expected and means nothing is told", () => {
    const { told } = load(command("a", "x.sh", "<expect>srcip hostname</expect>"));
    expect(told).toEqual([expect.stringContaining('"a" expects "hostname", which has no meaning')]);
  });
});

describe("config check names an executable that cannot be run, at its place", () => {
  const bin = join(folder, "bin");
  mkdirSync(bin, { mode: 0o755 });
  const notices = (name: string) =>
    executableNotices(load(command("page", name) + response("page")).settings.commands, bin);

  test("missing, and writable by others", () => {
    const because = (text: string) => [
      { file, line: 2, message: expect.stringMatching(`<command> "page" cannot be run: ${text}`) },
    ];
    expect(notices("none.sh")).toEqual(because(".*none.sh does not exist"));
    writeFileSync(join(bin, "loose.sh"), "#!/bin/sh\n");
    chmodSync(join(bin, "loose.sh"), 0o777);
    expect(notices("loose.sh")).toEqual(because(".*loose.sh can be written by others than root"));
    chmodSync(join(bin, "loose.sh"), 0o755);
    expect(notices("loose.sh")).toEqual([]);
  });

  test("not what comes with Stockade, nor what no response names", () => {
    expect(executableNotices(load(response("disable-account")).settings.commands, bin)).toEqual([]);
    expect(executableNotices(load(command("page", "none.sh")).settings.commands, bin)).toEqual([]);
  });
});
