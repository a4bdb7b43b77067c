import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openScratch, type Scratch } from "./scratch.ts";
import { blockFrom9, clock, failed } from "./sshd-log.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(() => scratch.remove());

/** Eight wrong passwords, a second apart. */
const bruteForce = (second: number, address: string) =>
  Array.from({ length: 8 }, (_, index) => failed(second + index, "root", address)).join("");

async function replayed(...args: string[]) {
  const { stdout, exitCode } = await scratch.cli(["replay", "--json", ...args]);
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

describe("stockade replay", () => {
  test("sums up what the rules would have made of a log", async () => {
    scratch.settings(blockFrom9);
    const path = scratch.write(
      "auth.log",
      `${bruteForce(0, "203.0.113.9")}${clock(8)} web1 own[1]: hello\n`,
    );
    expect(await replayed(path)).toMatchObject({
      from: Date.UTC(2026, 10, 1, 10),
      to: Date.UTC(2026, 10, 1, 10, 0, 8),
      lines: 9,
      decoded: 8,
      alerts: 8,
      rules: [
        { id: 5720, level: 10, count: 1 },
        { id: 5716, level: 5, count: 7 },
      ],
      mailed: 1,
      mails: [{ at: Date.UTC(2026, 10, 1, 10, 0, 12), kind: "alert", level: 10 }],
      blocks: [
        {
          network: "203.0.113.9",
          responses: ["firewall-drop"],
          since: Date.UTC(2026, 10, 1, 10, 0, 7),
          until: Date.UTC(2026, 10, 1, 10, 5, 7),
          rule: 5720,
          verdict: { class: "attacked-by", remote: "203.0.113.9" },
        },
      ],
      spared: 0,
      held: {},
    });
  });

  test("says what would have been blocked, where that is only observed", async () => {
    const path = scratch.write(
      "auth.log",
      bruteForce(0, "203.0.113.9") + bruteForce(100, "203.0.113.9"),
    );
    for (const observing of [
      "<active-response><observe>yes</observe></active-response>",
      "<active-response><observe_rules>5720</observe_rules></active-response>",
    ]) {
      scratch.settings(`${blockFrom9}${observing}`);
      const { blocks, observed } = await replayed(path);
      expect(blocks).toEqual([]);
      expect(observed).toMatchObject([{ network: "203.0.113.9", rule: 5720 }]);
      expect((await scratch.cli(["replay", path])).stdout).toMatch(
        /only observed: 1\n.*\n.* would block 203\.0\.113\.9 for 300 s by rule 5720 /,
      );
    }
  });

  test("who comes back is blocked for longer", async () => {
    scratch.settings(
      `${blockFrom9}<active-response><repeated_offenders>10,20</repeated_offenders></active-response>`,
    );
    const at = [0, 400, 1200, 2600].map((second) => bruteForce(second, "203.0.113.9"));
    const { blocks } = await replayed(scratch.write("auth.log", at.join("")));
    const seconds = blocks.map((one: { since: number; until: number }) => one.until - one.since);
    expect(seconds).toEqual([300_000, 600_000, 1_200_000, 1_200_000]);
  });

  test("shows a person the same, without control characters", async () => {
    scratch.settings(blockFrom9);
    const hostile = `${clock(0)} web1 sshd[1]: Invalid user \u001b[2J from 203.0.113.9 port 1\n`;
    const path = scratch.write("auth.log", hostile.repeat(8) + bruteForce(20, "203.0.113.7"));
    const { stdout } = await scratch.cli(["replay", path]);
    expect(stdout).toContain("16 lines from 2026-11-01 10:00:00 to 2026-11-01 10:00:27 (27 s)");
    expect(stdout).toContain("16 known to a decoder, 16 to a rule, 16 alerts");
    expect(stdout).toMatch(/5720 +10 +1 +sshd: somebody guesses passwords/);
    expect(stdout).toContain("blocks: 2");
    expect(stdout).toContain("2026-11-01 10:00:27  2026-11-01 10:05:27  203.0.113.7");
    expect(stdout).toContain("\\x1b[2J");
    expect(stdout).not.toContain("\u001b");
  });

  test("counts alerts whose verdict blocks nobody, and raises the alarm of a call of ours", async () => {
    scratch.settings(blockFrom9);
    mkdirSync(join(scratch.root, "var/lib/suricata/rules"), { recursive: true });
    scratch.write(
      "var/lib/suricata/rules/suricata.rules",
      "alert tcp $HOME_NET any -> $EXTERNAL_NET any (flow:established,to_server; sid:2;)\n",
    );
    const line = (sid: number, ends: string) =>
      `11/22/2026-10:00:01.000000  [**] [1:${sid}:1] m [**] [Classification: c] [Priority: 1] {TCP} ${ends}\n`;
    const path = scratch.write(
      "fast.log",
      line(3, "192.0.2.7:4000 -> 198.51.100.44:80") + line(2, "198.51.100.44:4000 -> 192.0.2.7:80"),
    );
    const { blocks, held, rules, lines } = await replayed(path);
    expect({ blocks, held, lines }).toEqual({
      blocks: [],
      held: { unproven: 1, "called-out": 1 },
      lines: 2,
    });
    expect(rules).toMatchObject([
      { id: 309020, level: 12, count: 1 },
      { id: 300011, count: 2 },
    ]);
    const { stdout } = await scratch.cli(["replay", path]);
    expect(stdout).toContain("blocks: 0, 1 alerts unproven, 1 alerts called-out");
  });

  test("a block in force is not made again, and nobody on the white list is blocked", async () => {
    scratch.settings(`${blockFrom9}<global><white_list>198.51.100.0/24</white_list></global>`);
    const attack = (address: string) => bruteForce(0, address) + bruteForce(100, address);
    const later = bruteForce(700, "203.0.113.9");
    const path = scratch.write("auth.log", attack("203.0.113.9") + attack("198.51.100.9") + later);
    const { blocks, spared } = await replayed(path);
    const seconds = blocks.map(
      ({ since }: { since: number }) => (since - Date.parse(clock(0))) / 1000,
    );
    expect(seconds).toEqual([7, 707]);
    expect(spared).toBe(2);
  });

  test("merges rotated and compressed logs by their times, in whatever order they are named", async () => {
    const lines = bruteForce(0, "203.0.113.9").split(/(?<=\n)/);
    const old = scratch.write("auth.log.2.gz", gzipSync(lines.slice(0, 3).join("")));
    const middle = scratch.write("auth.log.1", lines.slice(3, 6).join(""));
    const now = scratch.write("auth.log", lines.slice(6).join(""));
    expect((await replayed(now, old, middle)).rules).toMatchObject([
      { id: 5720, count: 1 },
      { id: 5716, count: 7 },
    ]);
  });

  test("counts by the lines' own times: what is spread over a day is no attack", async () => {
    const slow = Array.from({ length: 20 }, (_, index) =>
      failed(index * 3600, "root", "203.0.113.9"),
    );
    expect((await replayed(scratch.write("auth.log", slow.join("")))).rules).toMatchObject([
      { id: 5716, count: 20 },
    ]);
  });

  test("--since leaves out what is older", async () => {
    const path = scratch.write(
      "auth.log",
      bruteForce(0, "203.0.113.9") + bruteForce(7200, "203.0.113.9"),
    );
    const { lines, from } = await replayed(path, "--since", "2026-11-01T11:00:00Z");
    expect([lines, from]).toEqual([8, Date.parse(clock(7200))]);
  });

  test("--rules takes the rules of a folder in place of the admin's, and keeps the shipped ones", async () => {
    scratch.rule(
      '<group name="local,"><rule id="100001" level="3"><if_sid>5716</if_sid><description>mine</description></rule></group>',
    );
    const path = scratch.write("auth.log", failed(0, "root", "203.0.113.9"));
    expect((await replayed(path)).rules).toMatchObject([{ id: 100001 }]);
    const folder = join(scratch.root, "other");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "a.xml"),
      '<group name="local,"><rule id="100002" level="4"><if_sid>5716</if_sid><description>other</description></rule></group>',
    );
    expect((await replayed(path, "--rules", folder)).rules).toMatchObject([{ id: 100002 }]);
  });

  test("--log-format, and what the settings say of a log", async () => {
    const fast =
      "11/01/2026-10:00:01.123456  [**] [1:2:3] a b [**] [Classification: (null)] [Priority: 2] {TCP} 203.0.113.9:8 -> 10.0.0.5:80\n";
    const path = scratch.write("alerts.txt", fast);
    expect((await replayed(path)).rules).toEqual([]);
    expect((await replayed(path, "--log-format", "snort-fast")).rules).toMatchObject([
      { id: 300001, count: 1 },
    ]);
    scratch.settings(
      `<localfile><location>${scratch.root}/alerts.*</location><log_format>snort-fast</log_format></localfile>`,
    );
    const rotated = scratch.write("alerts.txt.1.gz", gzipSync(fast));
    expect((await replayed(path, rotated)).rules).toMatchObject([{ id: 300001, count: 2 }]);
  });

  test("standard input", async () => {
    const { stdout } = await scratch.cli(
      ["replay", "--json", "-"],
      failed(0, "root", "203.0.113.9"),
    );
    expect(JSON.parse(stdout)).toMatchObject({ lines: 1, alerts: 1 });
  });

  test("nothing to read", async () => {
    const path = scratch.write("empty.log", "");
    expect((await scratch.cli(["replay", path])).stdout).toBe("no lines");
    expect(await replayed(path)).toMatchObject({ lines: 0, from: null, to: null, rules: [] });
  });

  test.each([
    [["/nonexistent"], 66, "cannot find /nonexistent"],
    [["/tmp"], 66, "/tmp is a folder, expected a log"],
    [["/dev/null", "--since", "yesterday"], 64, '"yesterday" is no date'],
    [["/dev/null", "--log-format", "x"], 64, 'the log format "x" is not known'],
    [["/dev/null", "--rules", "/nonexistent"], 66, "there is no folder /nonexistent"],
    [["/dev/null", "--rules", "/dev"], 66, "there are no rules in /dev"],
  ])("%s: told in one line", async (args, code, message) => {
    const { stderr, exitCode } = await scratch.cli(["replay", ...args]);
    expect([exitCode, stderr.split("\n")[0]]).toEqual([code, `stockade: ${message}`]);
  });

  test("a damaged compressed log", async () => {
    const whole = gzipSync(bruteForce(0, "203.0.113.9"));
    const path = scratch.write("auth.log.2.gz", whole.subarray(0, whole.length - 12));
    const { stderr, exitCode } = await scratch.cli(["replay", path]);
    expect([exitCode, stderr.startsWith(`stockade: ${path} is damaged: `)]).toEqual([65, true]);
  });

  test("wrong rules are told with file and line", async () => {
    const folder = join(scratch.root, "wrong");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "a.xml"),
      '<group name="local,">\n<rule id="1" level="99"/>\n</group>',
    );
    const { stderr, exitCode } = await scratch.cli(["replay", "/dev/null", "--rules", folder]);
    expect([exitCode, stderr.includes("wrong/a.xml:2: <rule>")]).toEqual([78, true]);
  });

  test("a spray of 100,000 lines from as many sources in bounded time", async () => {
    scratch.settings(
      "<active-response><command>firewall-drop</command><level>5</level><timeout>300</timeout></active-response>",
    );
    const lines = Array.from({ length: 100_000 }, (_, index) =>
      failed(
        Math.floor(index / 100),
        "root",
        `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
      ),
    );
    const path = scratch.write("auth.log", lines.join(""));
    const started = performance.now();
    const { stdout } = await scratch.cli(["replay", path]);
    // A few lines are of rules about many sources, which block nobody.
    // More than the circuit breaker lets be blocked.
    expect(stdout).toMatch(/blocks: \d{2,3}\n/);
    expect(stdout).toMatch(/only observed: 99\d{3}\n/);
    expect(stdout).toMatch(/and 99\d{3} more: --json has them all/);
    expect(performance.now() - started).toBeLessThan(60_000);
  }, 120_000);
});
