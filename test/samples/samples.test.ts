import { join } from "node:path";
import { expect, test } from "vitest";
import { openAnalysis } from "../../src/analyse/analyse.ts";
import { loadRules, ruleFilesIn } from "../../src/analyse/rules/load.ts";
import { openDecoder } from "../../src/decode/decode.ts";
import { decoders } from "../../src/decode/decoders/index.ts";
import { headerReader } from "../../src/decode/header.ts";
import { readSamples } from "./samples.ts";

const rules = loadRules([ruleFilesIn(join(import.meta.dirname, "../../rules"))]);
const levels = { logLevel: 1, emailLevel: 9 };
const samples = readSamples();
const now = new Date(2026, 10, 22, 10, 1).getTime();

test.each(samples)("$file: $title", ({ text, format, expected }) => {
  const event = openDecoder()({ text, format, location: "sample", receivedAt: now });
  const { rule } = openAnalysis(rules, levels)(event);
  const made: Record<string, unknown> = {
    decoder: event.decoder ?? null,
    fields: event.fields,
    rule: rule?.id ?? null,
    srcip: event.srcip ?? null,
  };
  const asked = Object.keys(expected).map((name) => [name, made[name]]);
  expect(Object.fromEntries(asked)).toEqual(expected);
});

test("every sample has its own time, so the log's time is read", () => {
  const times = samples.map(
    ({ text, format }) => openDecoder()({ text, format, location: "sample", receivedAt: now }).at,
  );
  const read = new Date(2026, 10, 22, 10, 0, 1).getTime();
  expect(times.filter((at) => Math.abs(at - read) < 1000).length).toBeGreaterThan(15);
});

test.each(decoders)("every pattern of $name has a sample", ({ name, patterns }) => {
  const readHeader = headerReader();
  const messages = samples
    .filter(({ file }) => file === `${name}.txt`)
    .map(({ text }) => text.slice(readHeader(text, now).end))
    .map((message) => message.replace(/^message repeated \d+ times: \[ (.*)\]$/, "$1"));
  const unused = patterns.filter((pattern, index) =>
    messages.every(
      (message) =>
        patterns.findIndex((one) => one.test(message)) !== index || !pattern.test(message),
    ),
  );
  expect(unused).toEqual([]);
});

test("every rule that needs one line fires on a sample", () => {
  const fired = new Set(samples.map(({ expected }) => expected["rule"]));
  const specs = [...rules.rules.values()].map(({ spec }) => spec);
  const silent = specs.filter(
    (rule) =>
      !rule.noalert &&
      !rule.composite &&
      rule.category !== "ossec" &&
      ![502, 503].includes(rule.id),
  );
  expect(silent.map(({ id }) => id).filter((id) => !fired.has(id))).toEqual([]);
});
