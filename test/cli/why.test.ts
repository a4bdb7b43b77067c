import { appendFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fold } from "../../src/bin/commands/table.ts";
import { seen } from "../../src/bin/commands/why-evidence.ts";
import type { Shown } from "../../src/bin/commands/why-facts.ts";
import { locate } from "../../src/bin/evidence/locate.ts";
import { printable } from "../../src/core/printable.ts";
import { openScratch, type Scratch, until } from "./scratch.ts";
import { blockFrom9, bruteForce } from "./sshd-log.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = openScratch();
});
afterEach(() => scratch.remove());

/** Eight wrong passwords, with what the attacker calls himself. */
async function started(settings = ""): Promise<void> {
  scratch.settings(`<global><white_list>198.51.100.0/24</white_list></global>${settings}`);
  writeFileSync(scratch.log, "");
  expect((await scratch.cli(["start"])).exitCode).toBe(0);
}

const why = (address: string) => scratch.cli(["why", address]);

test("the whole chain of a block: lines with file and byte, fields, counter, verdict, kernel, undo", async () => {
  await started(blockFrom9);
  const before = "Nov 22 10:00:00 web1 nothing: of interest, grüße\n";
  appendFileSync(scratch.log, before + bruteForce("20.0.0.7"));
  await until(async () => (await why("20.0.0.7")).exitCode === 0, "a block");
  const { stdout } = await why("20.0.0.7");
  expect(stdout).toMatch(/^20\.0\.0\.7 is blocked until \S+ \(\d+ (s|min) more\), since \S+$/m);
  expect(stdout).toMatch(/^ {2}firewall-drop of 20\.0\.0\.7, by rule 5720; the kernel has it for/m);
  const start = Buffer.byteLength(before);
  const length = bruteForce("20.0.0.7").length / 8;
  expect(stdout).toContain(`  ${scratch.log}, byte ${start + 7 * length}\n    20`);
  for (let n = 0; n < 7; n++) expect(stdout).toContain(`\n    byte ${start + n * length}: 20`);
  expect(stdout).toContain("read as sshd of sshd, status password, dstuser root, srcip 20.0.0.7");
  expect(stdout).toContain("rule 5720, level 10: sshd: somebody guesses passwords (alert ");
  expect(stdout).toContain("it counts events of rule 5716: fires at number 8 within 120 s");
  expect(stdout).toContain("  verdict attacked-by: ");
  expect(stdout).toContain(
    "  firewall-drop for 300 s: asked for\n  checked before: the line was fresh",
  );
  expect(stdout).toMatch(/\nto let it in again\n {2}stockade unban 20\.0\.0\.7$/);
  for (const line of stdout.split("\n").filter((one) => !one.startsWith("    "))) {
    expect(line.length).toBeLessThanOrEqual(80 + scratch.log.length);
  }

  renameSync(scratch.log, `${scratch.log}.1`);
  writeFileSync(scratch.log, "another\n");
  expect((await why("20.0.0.7")).stdout).toContain(
    `${scratch.log}.1, byte ${start + 7 * length} (was`,
  );
  rmSync(`${scratch.log}.1`);
  expect((await why("20.0.0.7")).stdout).toContain(`${scratch.log}, then at byte`);
  const json = JSON.parse((await scratch.cli(["why", "20.0.0.7", "--json"])).stdout);
  expect(json).toMatchObject({
    network: "20.0.0.7",
    blocks: [{ rule: 5720, count: 1 }],
    held: [{ response: "firewall-drop", network: "20.0.0.7" }],
    evidence: [{ rule: { id: 5720 }, decisions: [{ did: "asked" }], verdict: {} }],
  });
  expect(json.evidence[0].earlier).toHaveLength(7);

  await scratch.cli(["ban", "20.0.0.0/24"]);
  const status = (await scratch.cli(["status"])).stdout;
  expect(status).toMatch(
    /responder +running, 2 blocks in force of 2 addresses, 1 of them by hand$/m,
  );
  expect(status).toMatch(/daemon +running for .*, \d+ rules, \d+ signatures$/m);
  await scratch.cli(["unban", "20.0.0.0/24"]);
  const lifted = await why("20.0.0.7");
  expect(lifted.exitCode).toBe(1);
  expect(lifted.stdout).toMatch(/^20\.0\.0\.7 is not blocked\n/);
  expect(lifted.stdout).toContain("that block has come to its end, or was lifted");
  expect((await scratch.cli(["stop"])).exitCode).toBe(0);
  expect((await why("20.0.0.7")).stdout).toMatch(/^whether 20\.0\.0\.7 is blocked is not known: /);
});

test("why somebody is not blocked, and nothing that he wrote reaches the terminal", async () => {
  await started(
    `${blockFrom9}<active-response><observe_rules>5712</observe_rules></active-response>`,
  );
  appendFileSync(scratch.log, bruteForce("198.51.100.9", "x\u001b[2J"));
  appendFileSync(scratch.log, bruteForce("20.0.0.8", "invalid user \u009b2J"));
  const knows = async (address: string, text: string) =>
    until(async () => (await why(address)).stdout.includes(text), text);
  await knows(
    "198.51.100.9",
    "firewall-drop for 300 s: never blocked: white list (198.51.100.0/24)",
  );
  const spared = await why("198.51.100.9");
  expect(spared.exitCode).toBe(1);
  expect(spared.stdout).toContain(
    "198.51.100.9 is not blocked\n  198.51.100.9 is never blocked: white list (198.51.100.0/24)",
  );
  expect(spared.stdout).toContain("\\x1b[2J");
  await knows("20.0.0.8", "firewall-drop for 300 s: only observed: rule 5712 only observes");
  for (const line of [
    ...(await why("20.0.0.8")).stdout.split("\n"),
    ...spared.stdout.split("\n"),
  ]) {
    expect(printable(line)).toBe(line);
  }
  expect((await why("20.0.0.99")).stdout).toContain("nothing is known of it");
  appendFileSync(scratch.log, `${bruteForce("20.0.0.10").split("\n")[0]}\n`);
  await knows("20.0.0.10", "the last alerts about it");
  expect((await why("20.0.0.10")).stdout).toContain("rule 5716, level 5");
  expect((await why("20.0.0.0/24")).exitCode).toBe(64);
  expect((await scratch.cli(["stop"])).exitCode).toBe(0);
});

describe("where lines stand", () => {
  const earlier = (texts: string[], place: number) =>
    locate(scratch.log, { place, text: "last", earlier: texts })?.earlier;

  test("each is found before the one after it, at the beginning of a line", () => {
    writeFileSync(scratch.log, "same\nxsame\nsame\nlast\nsame\n");
    expect(earlier(["same", "same", "same"], 16)).toEqual([11, 0, null]);
    expect(earlier(["nowhere", "xsame"], 16)).toEqual([null, 5]);
  });

  test("an entry of several lines at its first one", () => {
    writeFileSync(scratch.log, "before\nERROR:  first\n\tsecond line\n third\nafter\n");
    const at = (place: number, text: string) => locate(scratch.log, { place, text, earlier: [] });
    expect(at(7, "ERROR:  first \tsecond line  third")?.file).toBe(scratch.log);
    expect(at(7, "ERROR:  first second line third")?.file).toBe(scratch.log);
    expect(at(7, "ERROR:  first third")).toBeUndefined();
    expect(at(0, "ERROR:  first second line third")).toBeUndefined();
  });

  test("not in another line, a folder, a pipe or a compressed copy", () => {
    writeFileSync(scratch.log, "other\n");
    writeFileSync(`${scratch.log}.2.gz`, "last\n");
    expect(locate(scratch.log, { place: 0, text: "last", earlier: [] })).toBeUndefined();
    expect(locate(scratch.root, { place: 0, text: "last", earlier: [] })).toBeUndefined();
    expect(locate(join(scratch.root, "x/y"), { place: 0, text: "", earlier: [] })).toBeUndefined();
    writeFileSync(`${scratch.log}.1`, "last\n");
    expect(locate(scratch.log, { place: 0, text: "last", earlier: [] })?.file).toBe(
      `${scratch.log}.1`,
    );
  });
});

test("a line of the journal is named by its cursor", () => {
  const evidence: Shown = {
    at: 1,
    address: "20.0.0.7",
    network: "20.0.0.7",
    alert: "1.1",
    decisions: [],
    rule: { id: 1, level: 10, description: "d", groups: [] },
    line: { text: "a line", location: "journald", place: "s=1;i=2", at: 0 },
    fields: {},
    earlier: ["an earlier line"],
  };
  expect(seen(evidence)).toEqual([
    "what was seen",
    expect.stringMatching(/^ {2}the journal at .*: journalctl -n 1 --cursor 's=1;i=2'$/),
    "    a line",
    "  read as no decoder knows it",
    "  rule 1, level 10: d (alert 1.1)",
    "  it counts earlier events",
    "  counted before it, the newest first",
    "    an earlier line",
  ]);
});

test("folding keeps words whole and indents what goes on", () => {
  expect(fold("  one two three", 9)).toEqual(["  one two", "    three"]);
  expect(fold("x".repeat(100), 10)).toEqual(["x".repeat(100)]);
  expect(fold("", 10)).toEqual([""]);
});
