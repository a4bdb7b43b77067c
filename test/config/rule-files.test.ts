import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { loadSettings } from "../../src/config/load.ts";
import { type Paths, pathsBelow } from "../../src/config/paths.ts";
import { ruleFiles, xmlFilesIn } from "../../src/config/rule-files.ts";
import { Failure, mistakesIn } from "../../src/core/failure.ts";

let root: string;
let paths: Paths;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stockade-rules-"));
  paths = pathsBelow(root, join(root, "shipped"));
  touch("shipped/rules/0200-sshd.xml", "shipped/rules/0100-pam.xml", "shipped/rules/notes.txt");
  touch("shipped/rules/decoders/sshd.xml", "etc/stockade/decoders/local.xml");
  touch("etc/stockade/rules/local_rules.xml", "etc/stockade/rules/0200-sshd.xml");
});

function touch(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), "");
  }
}

/** The files that the inside of `<rules>` leads to, by their paths below the root. */
function filesFor(rules: string) {
  writeFileSync(paths.settings, `<ossec_config><rules>\n${rules}\n</rules></ossec_config>`);
  const { layers, decoders, lists } = ruleFiles(loadSettings(paths.settings).settings.rules, paths);
  const short = (file: string) => file.replace(`${root}/`, "");
  return {
    layers: layers.map((layer) => layer.map(short)),
    decoders: decoders.map(short),
    lists: lists.map(({ name, file }) => [name, short(file)]),
  };
}

function mistakes(rules: string): string[] {
  try {
    filesFor(rules);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return mistakesIn(thrown).map(({ message }) => message.replaceAll(`${root}/`, ""));
  }
  return [];
}

describe("where nothing is named", () => {
  test("the shipped rules, then the admin's as a layer of their own, and every list", () => {
    touch("etc/stockade/lists/blocked", "etc/stockade/lists/blocked.cdb");
    expect(filesFor("")).toEqual({
      layers: [
        ["shipped/rules/0100-pam.xml", "shipped/rules/0200-sshd.xml"],
        ["etc/stockade/rules/0200-sshd.xml", "etc/stockade/rules/local_rules.xml"],
      ],
      decoders: ["shipped/rules/decoders/sshd.xml", "etc/stockade/decoders/local.xml"],
      lists: [["lists/blocked", "etc/stockade/lists/blocked"]],
    });
  });

  test("a list that is named changes nothing for rules and decoders", () => {
    touch("etc/stockade/lists/blocked.cdb");
    const named = filesFor("<list>lists/blocked</list>");
    expect(named).toEqual({
      ...filesFor(""),
      lists: [["lists/blocked", "etc/stockade/lists/blocked"]],
    });
  });

  test("OSSEC's decoders beside the settings are read with rules that are named, and with no others", () => {
    touch("etc/stockade/decoder.xml");
    expect(filesFor("").decoders).toHaveLength(2);
    expect(filesFor("<include>local_rules.xml</include>").decoders).toEqual([
      "etc/stockade/decoder.xml",
    ]);
    touch("etc/stockade/local_decoder.xml");
    expect(filesFor("<include>local_rules.xml</include>").decoders).toEqual([
      "etc/stockade/decoder.xml",
      "etc/stockade/local_decoder.xml",
    ]);
  });
});

describe("what is named is read, and nothing else, in its order", () => {
  test("a bare name is the admin's file before a shipped one; a path begins at /etc/stockade", () => {
    touch("etc/stockade/more/a.xml", "elsewhere/b.xml");
    const { layers } = filesFor(
      `<include>0100-pam.xml</include><rule>0200-sshd.xml</rule><include>more/a.xml</include><include>rules/local_rules.xml</include><include>${root}/elsewhere/b.xml</include>`,
    );
    expect(layers).toEqual([
      [
        "shipped/rules/0100-pam.xml",
        "etc/stockade/rules/0200-sshd.xml",
        "etc/stockade/more/a.xml",
        "etc/stockade/rules/local_rules.xml",
        "elsewhere/b.xml",
      ],
    ]);
  });

  test("a folder: sorted by name, .xml when nothing is said, without what was named above", () => {
    touch("etc/stockade/rules/b.xml", "etc/stockade/rules/a.xml", "etc/stockade/rules/a.xml.bak");
    expect(filesFor("<include>local_rules.xml</include><rule_dir>rules</rule_dir>").layers).toEqual(
      [
        ["local_rules.xml", "0200-sshd.xml", "a.xml", "b.xml"].map(
          (name) => `etc/stockade/rules/${name}`,
        ),
      ],
    );
    expect(
      filesFor("<include>rules/b.xml</include><rule_dir>rules</rule_dir>").layers[0],
    ).toHaveLength(4);
  });

  test("of two files of one name the one that was named by it is read", () => {
    const shipped = `<rule_dir>${root}/shipped/rules</rule_dir>`;
    expect(filesFor(`<include>0200-sshd.xml</include>${shipped}`).layers).toEqual([
      ["etc/stockade/rules/0200-sshd.xml", "shipped/rules/0100-pam.xml"],
    ]);
  });

  test("the pattern is OS_Regex, and looks at the folder's name too", () => {
    touch("etc/stockade/rules/web_rules.xml", "etc/stockade/rules/1_rules.xml");
    expect(filesFor('<rule_dir pattern="^rules/\\w+_rules.xml$">rules</rule_dir>').layers).toEqual([
      ["1_rules.xml", "local_rules.xml", "web_rules.xml"].map(
        (name) => `etc/stockade/rules/${name}`,
      ),
    ]);
  });

  test("decoders and lists by OSSEC's own paths", () => {
    touch(
      "etc/stockade/decoder.xml",
      "etc/stockade/decoders.d/x.xml",
      "etc/stockade/rules/keys.cdb",
    );
    const { decoders, lists } = filesFor(
      "<decoder>etc/decoder.xml</decoder><decoder_dir>etc/decoders.d</decoder_dir><list>keys.cdb</list>",
    );
    expect(decoders).toEqual(["etc/stockade/decoder.xml", "etc/stockade/decoders.d/x.xml"]);
    expect(lists).toEqual([["rules/keys", "etc/stockade/rules/keys"]]);
  });
});

test("what is not there is told with its line, all of it at once", () => {
  expect(
    mistakes(
      '<include>a.xml</include>\n<rule>x/a.xml</rule>\n<rule_dir>none</rule_dir>\n<decoder>d.xml</decoder>\n<decoder_dir pattern="(">decoders</decoder_dir>\n<list>keys</list>',
    ),
  ).toEqual([
    'etc/stockade/stockade.conf:2: <include> names "a.xml", and there is no etc/stockade/rules/a.xml and no shipped/rules/a.xml',
    'etc/stockade/stockade.conf:3: <rule> names "x/a.xml", and there is no etc/stockade/x/a.xml',
    'etc/stockade/stockade.conf:4: <rule_dir> names "none", and there is no folder etc/stockade/none',
    'etc/stockade/stockade.conf:5: <decoder> names "d.xml", and there is no etc/stockade/d.xml',
    expect.stringMatching(/^etc.stockade.stockade.conf:6: <decoder_dir> has the pattern "\("/),
    'etc/stockade/stockade.conf:7: <list> names "keys", and there is no etc/stockade/rules/keys and no etc/stockade/rules/keys.cdb',
  ]);
});

test("a folder's files are read by name, and nothing else in it", () => {
  touch("x/b.xml", "x/a.xml", "x/c.txt");
  const folder = join(root, "x");
  expect(xmlFilesIn(folder)).toEqual([join(folder, "a.xml"), join(folder, "b.xml")]);
  expect(xmlFilesIn(join(folder, "none"))).toEqual([]);
});
