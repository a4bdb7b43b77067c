import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { costOf } from "../cost.ts";
import { type Random, randomNumbers } from "../random.ts";
import { lineOf, shippedJudge } from "./judge.ts";

const samples = join(import.meta.dirname, "../samples");
const seeds = readdirSync(samples)
  .filter((name) => name.endsWith(".txt"))
  .flatMap((name) => readFileSync(join(samples, name), "utf8").split("\n"))
  .filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("=>"));

/** A sample that was cut, doubled, mixed with another or with bytes that do not belong there. */
function mutated(pick: Random): string {
  const line = seeds[pick(seeds.length)] ?? "";
  const other = seeds[pick(seeds.length)] ?? "";
  const [at, end] = [pick(line.length + 1), pick(line.length + 1)];
  switch (pick(6)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(0, at) + other.slice(pick(other.length + 1));
    case 2:
      return line.slice(0, at) + line.slice(Math.min(at, end), Math.max(at, end)).repeat(40);
    case 3:
      return line.slice(0, at) + String.fromCharCode(pick(0x250)) + line.slice(at + 1);
    case 4:
      return line.replaceAll(/\d+/g, () => "9".repeat(1 + pick(30)));
    default:
      return Array.from({ length: pick(400) }, () => String.fromCharCode(pick(256))).join("");
  }
}

test("W36: 60,000 broken lines: no exception, none that takes long, and the next good one is judged", () => {
  const judge = shippedJudge();
  const pick = randomNumbers(36);
  const read = (text: string) => {
    if (judge.judge(lineOf(text)).event.fullLog !== text) throw new Error(`${text} was changed`);
  };
  const lines = Array.from({ length: 60_000 }, () => mutated(pick));
  const slow = lines.filter((text) => costOf(() => read(text), 1) > 20);
  expect(slow.filter((text) => costOf(() => read(text)) > 20)).toEqual([]);
  const good =
    "Nov 22 10:00:01 web1 sshd[42]: Accepted publickey for root from 192.0.2.9 port 1 ssh2";
  expect(judge.judge(lineOf(good)).verdict.rule?.id).toBe(5715);
}, 120_000);
