import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { xmlFilesIn } from "../../src/config/rule-files.ts";
import { openDecoder } from "../../src/decode/decode.ts";
import { loadDecoders } from "../../src/decode/decoders/load.ts";
import { costOf } from "../cost.ts";
import { type Random, randomNumbers } from "../random.ts";
import { shared } from "../shared.ts";

const stock = loadDecoders([shared("conformance/ossec/decoder.xml")]);
const ours = loadDecoders(xmlFilesIn(join(import.meta.dirname, "../../rules/decoders")));
const truth = readFileSync(shared("conformance/ossec/oracle.jsonl"), "utf8").trim().split("\n");
const lines: string[] = truth.map((row) => JSON.parse(row).line);

const receivedAt = 1_795_341_601_000;

test.each([
  ["OSSEC's way", stock, true],
  ["ours", ours, false],
])(
  "W36: 50,000 mutated and random lines, read in %s, throw nothing and take no time",
  (_title, decoders, compatible) => {
    const decode = openDecoder(decoders, { compatible });
    const random = randomNumbers(20261122);
    const slow: string[] = [];
    for (let number = 0; number < 50_000; number++) {
      const text = number % 5 === 0 ? noise(random) : mutated(lines, random);
      const read = () => {
        const event = decode({ text, format: "syslog", location: "fuzz", receivedAt });
        if (isWhole(event)) return;
        throw new Error(`${JSON.stringify(text)} made ${JSON.stringify(event)}`);
      };
      if (costOf(read, 1) > 20 && costOf(read) > 20) slow.push(text);
    }
    expect(slow).toEqual([]);
  },
  60_000,
);

/** Whether an event is what later stages rely on. */
function isWhole({
  at,
  log,
  fullLog,
  fields,
  srcip,
  category,
}: ReturnType<ReturnType<typeof openDecoder>>) {
  const texts = [log, fullLog, category, ...Object.values(fields)];
  return Number.isFinite(at) && texts.every((text) => typeof text === "string") && srcip !== "";
}

const pieces = [
  "\0",
  "\t",
  "\n",
  " ",
  "  ",
  ":",
  ": ",
  "[",
  "]",
  "[1]: ",
  "{",
  '"',
  "\\",
  "$",
  "é",
  "\ud800",
  "\u2028",
  "(",
  "->",
  "\u007f",
  "9".repeat(30),
  "Mär",
];

/** One of the lines with parts cut out, doubled, swapped with another line's, or pieces put in. */
function mutated(lines: readonly string[], random: Random): string {
  let text = lines[random(lines.length)] ?? "";
  for (let times = random(4); times >= 0; times--) {
    const at = random(text.length + 1);
    const end = Math.min(text.length, at + random(20));
    const other = lines[random(lines.length)] ?? "";
    const put = [
      pieces[random(pieces.length)],
      text.slice(at, end).repeat(random(4)),
      other.slice(random(other.length + 1)),
      String.fromCharCode(random(0x10000)),
      "",
    ];
    text =
      text.slice(0, at) + (put[random(put.length)] ?? "") + text.slice(random(2) === 0 ? at : end);
  }
  return text;
}

/** Random bytes, read as a log would be. */
function noise(random: Random): string {
  return Buffer.from(Array.from({ length: random(200) }, () => random(256))).toString("utf8");
}
