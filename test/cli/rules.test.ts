import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openScratch, type Scratch } from "./scratch.ts";
import { blockFrom9, clock, failed, sshd } from "./sshd-log.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(() => scratch.remove());

const local = `<group name="local,backups,">
  <!-- a comment -->
  <rule id="100001" level="9">
    <if_sid>5716</if_sid>
    <user>backup</user>
    <description>the backup \u001b[2J user</description>
  </rule>
  <rule id="100002" level="3"><if_sid>100001</if_sid><match>never</match><description>b</description></rule>
</group>
`;

async function asked(...args: string[]) {
  const { stdout, exitCode } = await scratch.cli(["rules", ...args, "--json"]);
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

const ids = (rules: { id: number }[]) => rules.map(({ id }) => id);

describe("rules list", () => {
  test("names every rule in force with file and line, in the order of ids", async () => {
    scratch.rule(local);
    const rules = await asked("list");
    expect(ids(rules)).toEqual(ids(rules).toSorted((a, b) => a - b));
    expect(rules).toContainEqual({
      id: 100001,
      level: 9,
      groups: ["local", "backups"],
      description: "the backup \u001b[2J user",
      file: join(scratch.root, "etc/stockade/rules/local.xml"),
      line: 3,
    });
    expect(ids(rules)).toContain(5716);
  });

  test("chooses by group, by least level and by file", async () => {
    scratch.rule(local);
    expect(ids(await asked("list", "--group", "backups"))).toEqual([100001, 100002]);
    expect(ids(await asked("list", "--group", "backups", "--level", "4"))).toEqual([100001]);
    expect(ids(await asked("list", "--file", "local.xml"))).toEqual([100001, 100002]);
  });

  test("as a table, without control characters", async () => {
    scratch.rule(local);
    const { stdout } = await scratch.cli(["rules", "list", "--group", "backups"]);
    expect(stdout).toMatch(/^rule +level +description +groups +where\n/);
    expect(stdout).toMatch(/100001 +9 +the backup \\x1b\[2J user +local,backups +\S+local\.xml:3/);
  });

  test("a level that is none", async () => {
    expect((await scratch.cli(["rules", "list", "--level", "high"])).exitCode).toBe(64);
  });
});

describe("rules show", () => {
  test("text, place, children, who counts it, and what it leads to", async () => {
    scratch.settings(blockFrom9);
    scratch.rule(local);
    expect(await asked("show", "100001")).toMatchObject({
      id: 100001,
      line: 3,
      text: local.split("\n").slice(2, 7).join("\n"),
      below: [[5700, 5716]],
      children: [{ id: 100002 }],
      counts: null,
      written: true,
      mailed: true,
      blocks: [{ response: "firewall-drop", seconds: 300, observed: false }],
    });
    expect(ids((await asked("show", "5716")).countedBy)).toContain(5720);
  });

  test("the commands it leads to", async () => {
    const command = (name: string, more: string) =>
      `<command><name>${name}</name><executable>x</executable><expect/>${more}</command><active-response><command>${name}</command><rules_id>5720</rules_id></active-response>`;
    scratch.settings(
      `${command("tell", "")}<active-response><command>disable-account</command><rules_id>5720</rules_id><timeout>60</timeout></active-response>`,
    );
    const { stdout } = await scratch.cli(["rules", "show", "5720"]);
    expect(stdout).toContain(
      "the command tell (for each alert), the command disable-account (60 s)",
    );
  });

  test("for a person", async () => {
    scratch.settings(blockFrom9);
    scratch.rule(local);
    const shown = (await scratch.cli(["rules", "show", "5720"])).stdout;
    expect(shown).toContain("rule 5720, level 10: sshd: somebody guesses passwords");
    expect(shown).toContain("stands below 5700 > 5716");
    expect(shown).toContain(
      "counts events of rule 5716: fires at number 8 within 120 s of the same source",
    );
    expect(shown).toContain("silent for 60 s after it fired, for that source");
    expect(shown).toContain("leads to an entry in alerts.log, a mail, a block of the source");
    expect(shown).toMatch(/rules\/0200-sshd\.xml:\d+\n {2}<rule id="5720"/);
    const own = (await scratch.cli(["rules", "show", "100001"])).stdout;
    expect(own).toContain("  above 100002 (level 3) b");
    expect(own).toContain("<description>the backup \\x1b[2J user</description>");
  });

  test("what only observes leads to word of a block, not to one", async () => {
    const shown = async () => (await scratch.cli(["rules", "show", "5720"])).stdout;
    const observed = "word of a block that is only observed (firewall-drop, 300 s)";
    const all = "<active-response><observe>yes</observe></active-response>";
    const some = "<active-response><observe_rules>5720</observe_rules></active-response>";
    for (const setting of [
      all,
      some,
      blockFrom9.replace("<level>", "<observe>yes</observe><level>"),
    ]) {
      scratch.settings(setting.includes("<level>") ? setting : blockFrom9 + setting);
      expect(await shown()).toContain(observed);
    }
    scratch.settings(blockFrom9);
    expect(await shown()).not.toContain(observed);
    scratch.rule(
      '<group name="a,"><rule id="100009" level="10"><match>x</match><options>observe</options></rule></group>',
    );
    expect((await scratch.cli(["rules", "show", "100009"])).stdout).toContain(observed);
  });

  test("what a rule counts by a pattern, as it is written", async () => {
    const counting = '<rule id="100001" level="5" frequency="3" timeframe="60">';
    const inside = "<if_matched_regex>^a\\d</if_matched_regex><same_id />";
    scratch.rule(`<group name="local,">${counting}${inside}</rule></group>`);
    expect((await asked("show", "100001")).counts).toEqual({
      ...{ frequency: 3, timeframe: 60, same: ["id"], different: [] },
      target: { by: "regex", pattern: "^a\\d" },
    });
    const { stdout } = await scratch.cli(["rules", "show", "100001"]);
    expect(stdout).toContain("counts lines that fit ^a\\d: fires at number 3 within 60 s");
  });

  test("a rule that shares its line with another", async () => {
    scratch.rule(
      '<group name="local,"><rule id="100001" level="1"><if_sid>5716</if_sid></rule><rule id="100003" level="2"><if_sid>5716</if_sid></rule></group>',
    );
    expect((await asked("show", "100003")).text).toBe(
      '<rule id="100003" level="2"><if_sid>5716</if_sid></rule>',
    );
  });

  test("a rule that is not there, and its neighbours", async () => {
    const { stderr, exitCode } = await scratch.cli(["rules", "show", "5717"]);
    expect(exitCode).toBe(66);
    expect(stderr).toMatch(/^stockade: there is no rule 5717\nhint: near it: 571\d \(/);
    expect((await scratch.cli(["rules", "show", "sshd"])).exitCode).toBe(64);
  });
});

describe("rules coverage", () => {
  test("which decoders and rules fired, and which lines nothing knew", async () => {
    const strange = [1, 2, 3].map(
      (n) => `${clock(n)} web1 doord[${n}]: knock ${n}0 from 203.0.113.${n}\n`,
    );
    const path = scratch.write(
      "auth.log",
      `${strange.join("")}${sshd(4, "wonders at \u001b[2J")}${failed(5, "root", "203.0.113.9")}`,
    );
    expect(await asked("coverage", path)).toMatchObject({
      lines: 5,
      decoders: [{ name: "sshd", count: 2 }],
      rules: [{ id: 5716, level: 5, count: 1 }],
      withoutDecoder: {
        count: 3,
        kinds: [
          { text: "doord: knock # from ADDRESS", count: 3, example: (strange[0] ?? "").trim() },
        ],
      },
      withoutRule: { count: 4 },
    });
    const { stdout } = await scratch.cli(["rules", "coverage", path]);
    expect(stdout).toContain("3 lines (60 %) have no decoder");
    expect(stdout).toMatch(/3 +doord: knock # from ADDRESS/);
    expect(stdout).not.toContain("\u001b");
  });

  test("nothing to read", async () => {
    const { stdout, exitCode } = await scratch.cli([
      "rules",
      "coverage",
      scratch.write("a.log", ""),
    ]);
    expect([exitCode, stdout.split("\n")[0]]).toEqual([0, "0 lines"]);
  });
});

describe("rules backtest", () => {
  function folder(name: string, rule: string): string {
    const path = join(scratch.root, name);
    mkdirSync(path);
    writeFileSync(join(path, "a.xml"), `<group name="local,">${rule}</group>`);
    return path;
  }
  const catching = (level: number) =>
    `<rule id="100001" level="${level}"><if_sid>5716</if_sid><user>backup</user><description>backup</description></rule>`;

  test("which alerts and blocks appear and vanish, and whom they would have hit", async () => {
    scratch.settings(blockFrom9);
    const logIn = (second: number, address: string) =>
      sshd(second, `Accepted publickey for eve from ${address} port 1 ssh2: RSA SHA256:x`);
    const path = scratch.write(
      "auth.log",
      [
        logIn(0, "203.0.113.2"),
        failed(1, "backup", "203.0.113.1"),
        failed(2, "backup", "203.0.113.2"),
        failed(3, "root", "203.0.113.3"),
        logIn(30, "203.0.113.1"),
        logIn(31, "203.0.113.3"),
      ].join(""),
    );
    const found = await asked("backtest", "--new", folder("new", catching(10)), path);
    expect(found).toMatchObject({
      lines: 6,
      alerts: { old: 6, new: 6 },
      changes: [
        {
          old: { rule: 5716, level: 5, mail: false },
          new: { rule: 100001, level: 10, mail: true },
          count: 2,
        },
      ],
      blocks: {
        stay: 0,
        appear: [{ network: "203.0.113.1" }, { network: "203.0.113.2" }],
        vanish: [],
      },
      harm: {
        old: [],
        new: [{ network: "203.0.113.1", rule: 100001, loginAt: Date.parse(clock(30)) }],
      },
    });
    expect(found.changes[0].examples).toEqual([
      failed(1, "backup", "203.0.113.1").trim(),
      failed(2, "backup", "203.0.113.2").trim(),
    ]);
  });

  test("the rules in force are the old ones, or the new ones", async () => {
    scratch.settings(blockFrom9);
    scratch.rule(`<group name="local,">${catching(10)}</group>`);
    const path = scratch.write("auth.log", failed(1, "backup", "203.0.113.1"));
    const old = folder("old", catching(3));
    expect(await asked("backtest", "--old", old, path)).toMatchObject({
      changes: [{ old: { level: 3 }, new: { level: 10 }, count: 1 }],
      blocks: { appear: [{ network: "203.0.113.1" }], vanish: [] },
    });
    expect(await asked("backtest", "--new", old, path)).toMatchObject({
      changes: [{ old: { level: 10 }, new: { level: 3 }, count: 1 }],
      blocks: { appear: [], vanish: [{ network: "203.0.113.1" }] },
    });
    expect(await asked("backtest", "--old", old, "--new", old, path)).toMatchObject({
      changes: [],
      blocks: { stay: 0, appear: [], vanish: [] },
    });
  });

  test("a block that only begins a little later stays", async () => {
    scratch.settings(blockFrom9);
    const firingAt = (frequency: number) =>
      folder(
        `after-${frequency}`,
        `<rule id="100001" level="10" frequency="${frequency}" timeframe="60"><if_matched_sid>5716</if_matched_sid><same_source_ip /><description>x</description></rule>`,
      );
    const path = scratch.write(
      "auth.log",
      [1, 2, 3, 4].map((n) => failed(n, "root", "203.0.113.1")).join(""),
    );
    expect(
      (await asked("backtest", "--old", firingAt(2), "--new", firingAt(3), path)).blocks,
    ).toMatchObject({ stay: 1, appear: [], vanish: [] });
  });

  test("for a person, without control characters", async () => {
    scratch.settings(blockFrom9);
    const path = scratch.write(
      "auth.log",
      failed(1, "backup", "203.0.113.1") +
        failed(2, "\u001b[2J", "203.0.113.1") +
        sshd(3, "Accepted password for eve from 203.0.113.1 port 1 ssh2"),
    );
    const { stdout } = await scratch.cli([
      "rules",
      "backtest",
      "--new",
      folder("new", catching(10)),
      path,
    ]);
    expect(stdout).toContain("3 lines from 2026-11-01 10:00:01 to 2026-11-01 10:00:03");
    expect(stdout).toContain(
      "1 lines: 5716 (level 5) sshd: wrong password -> 100001 (level 10, mailed) backup",
    );
    expect(stdout).toContain("blocks: 0 stay, 1 appear, 0 vanish");
    expect(stdout).toContain("appears 203.0.113.1 firewall-drop 2026-11-01 10:00:01");
    expect(stdout).toContain("new: 203.0.113.1");
    expect(stdout).toContain(
      "2026-11-01 10:00:03: 2026-11-01T10:00:03.000Z web1 sshd[42]: Accepted",
    );
    expect(stdout).not.toContain("\u001b");
  });

  test("without a folder there is nothing to compare; wrong rules are told with file and line", async () => {
    const none = await scratch.cli(["rules", "backtest", "/dev/null"]);
    expect([none.exitCode, none.stderr.includes("--new DIR")]).toEqual([64, true]);
    const wrong = folder("wrong", '\n<rule id="1" level="99"/>\n');
    const { stderr, exitCode } = await scratch.cli([
      "rules",
      "backtest",
      "--new",
      wrong,
      "/dev/null",
    ]);
    expect([exitCode, stderr.includes("wrong/a.xml:2: <rule>")]).toEqual([78, true]);
  });
});
