import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadSettings } from "../../src/config/load.ts";
import { type Failure, mistakesIn } from "../../src/core/failure.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-rootcheck-"));
const file = join(folder, "stockade.conf");
afterAll(() => rmSync(folder, { recursive: true }));

function section(...options: string[]) {
  writeFileSync(
    file,
    `<ossec_config><rootcheck>\n${options.join("\n")}\n</rootcheck></ossec_config>`,
  );
  const { settings, notices } = loadSettings(file);
  const told = notices.filter(({ message }) => !message.startsWith("no <"));
  return {
    rootcheck: settings.rootcheck,
    notices: told.map((one) => `${one.line}: ${one.message}`),
  };
}

test("where nothing is said all is looked for, every six hours", () => {
  expect(section()).toEqual({
    rootcheck: {
      disabled: false,
      frequencySeconds: 21_600,
      off: [],
      scanAll: false,
      skipNfs: true,
      ignore: [],
      rootkitFiles: [],
      rootkitTrojans: [],
      systemAudits: [],
    },
    notices: [],
  });
});

test("a check is on or off by the last word on it", () => {
  const { rootcheck } = section(
    "<check_dev>no</check_dev><check_pids>no</check_pids><check_dev>yes</check_dev>",
    "<check_policy>no</check_policy>",
  );
  expect(rootcheck.off).toEqual(["check_pids", "check_unixaudit"]);
});

test("files of OSSEC's are named once each, the way OSSEC names them", () => {
  const { rootcheck, notices } = section(
    "<rootkit_files>/var/ossec/etc/shared/rootkit_files.txt</rootkit_files>",
    "<rootkit_files>etc/shared/rootkit_files.txt</rootkit_files>",
    "<system_audit>/a</system_audit><system_audit>/b</system_audit>",
    '<ignore type="sregex">^/srv/</ignore><ignore>/opt</ignore>',
  );
  expect(rootcheck.rootkitFiles).toEqual(["/var/ossec/etc/shared/rootkit_files.txt"]);
  expect(rootcheck.systemAudits).toEqual(["/a", "/b"]);
  expect(rootcheck.ignore.map(({ kind }) => kind)).toEqual(["sregex", "prefix"]);
  expect(notices).toEqual([
    '3: <rootkit_files> is "etc/shared/rootkit_files.txt": /var/ossec/etc/shared/rootkit_files.txt is meant',
  ]);
});

test("every mistake is told", () => {
  try {
    section("<check_dev>maybe</check_dev>", "<rootkit_files/>", "<check_moon>no</check_moon>");
    expect.unreachable();
  } catch (thrown) {
    const told = mistakesIn(thrown as Failure).map(({ message }) => message.replace(file, ""));
    expect(told).toEqual([
      ':2: <check_dev> is "maybe", expected yes or no',
      ":3: <rootkit_files> is empty",
      ":4: <check_moon> is no option of <rootcheck>",
    ]);
  }
});
