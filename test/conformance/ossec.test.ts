import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { judgingAsOssec } from "../../src/bin/commands/judging.ts";
import { openJudge } from "../../src/bin/judge.ts";
import { shared } from "../shared.ts";

const folder = shared("conformance/ossec");
const repository = join(import.meta.dirname, "../..");

/** What OSSEC or Stockade says of a line; a sequence has only the rule. */
interface Answer {
  readonly line: string;
  readonly [part: string]: unknown;
}

function readAnswers(file: string): Answer[] {
  const rows = readFileSync(join(folder, file), "utf8").split("\n");
  return rows.filter((row) => row !== "").map((row) => JSON.parse(row));
}

/** `stockade logtest --ossec` on the lines of those answers. */
async function logtest(answers: readonly Answer[], ...options: string[]): Promise<Answer[]> {
  const { stdout } = await execa(
    join(repository, "node_modules/.bin/node"),
    [join(repository, "dist/stockade.mjs"), "logtest", "--ossec", folder, "--json", ...options],
    { input: answers.map(({ line }) => `${line}\n`).join("") },
  );
  return stdout.split("\n").map((row) => JSON.parse(row));
}

/** The lines of which not all is equal, with what each side says. */
function differences(oracle: readonly Answer[], ours: readonly Answer[]) {
  return oracle.flatMap((theirs, index) => {
    const own = ours[index];
    const parts = Object.keys(theirs).filter(
      (part) => JSON.stringify(sorted(theirs[part])) !== JSON.stringify(sorted(own?.[part])),
    );
    return parts.map((part) => ({
      line: theirs.line,
      part,
      ossec: theirs[part],
      ours: own?.[part],
    }));
  });
}

/** Fields are equal in whatever order. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

describe("stockade logtest --ossec says what real OSSEC says", () => {
  test("of every line for itself: names, decoder, fields, rule, level", async () => {
    const oracle = readAnswers("oracle.jsonl");
    const ours = await logtest(oracle, "--fresh");
    expect([oracle.length, ours.length]).toEqual([3631, 3631]);
    expect(differences(oracle, ours)).toEqual([]);
  }, 240_000);

  test.each(readdirSync(join(folder, "sequences")))(
    "of %s as a whole: each rule, those that count too",
    async (file) => {
      const oracle = readAnswers(join("sequences", file));
      expect(differences(oracle, await logtest(oracle))).toEqual([]);
    },
    240_000,
  );
});

/** A line of OSSEC's own rule tests: whether it must be judged so, or must not. */
interface Case {
  readonly name: string;
  readonly line: string;
  readonly passes: boolean;
  readonly expected: string;
}

/** Reads sections of "log N pass|fail = LINE", "rule = N", "alert = LEVEL" and "decoder = NAME". */
function casesOf(file: string): Case[] {
  const text = readFileSync(join(folder, "tests", file), "utf8");
  return text.split(/^(?=\[)/m).flatMap((section) => {
    const title = /^\[(.*)\]/.exec(section)?.[1] ?? "";
    const value = (name: string) => new RegExp(`^${name} *= *(.*?) *$`, "m").exec(section)?.[1];
    const expected = [value("rule"), value("alert"), value("decoder")].join(":");
    const logs = [...section.matchAll(/^log (\d+) (pass|fail) *= *(.*?) *$/gm)];
    return logs.map(([, number, verdict, line = ""]) => ({
      name: `${file}, ${title} ${number}`,
      line: line.replaceAll("%%", "%"),
      passes: verdict === "pass",
      expected,
    }));
  });
}

/** Real OSSEC fails these on a fresh start, see the README of the conformance data. */
const failedByOssec = [
  "msauth.ini, Windows local interactive logon success - type 2 1",
  "msauth.ini, Windows local interactive logon success - type 2 2",
  "snort.ini, Snort alert fast format. 1",
  "snort.ini, Snort drop fast format. 1",
  "web_appsec.ini, Blacklisted user agent (known malicious user agent). 8",
  "web_appsec.ini, POST request received. 1",
];

test("OSSEC's own rule tests: all pass but those that OSSEC fails", () => {
  const judge = openJudge(judgingAsOssec(folder));
  const judged = (text: string) => {
    judge.forget();
    const line = { text, location: "stdin", format: "syslog", receivedAt: Date.now() } as const;
    const { event, verdict } = judge.judge(line);
    return `${verdict.rule?.id}:${verdict.rule?.level}:${event.decoder}`;
  };
  const cases = readdirSync(join(folder, "tests")).flatMap(casesOf);
  const failed = cases.filter(({ line, passes, expected }) => {
    const isSame = judged(line).toLowerCase() === expected.toLowerCase();
    return isSame !== passes;
  });
  expect(cases.length).toBe(149);
  expect(failed.map(({ name }) => name)).toEqual(failedByOssec);
});
