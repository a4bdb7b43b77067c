import { join } from "node:path";
import { expect, test } from "vitest";
import { responsesTo } from "../../src/analyse/active-response.ts";
import { openAnalysis } from "../../src/analyse/analyse.ts";
import { compileRules } from "../../src/analyse/compile.ts";
import { loadRules } from "../../src/analyse/rules/load.ts";
import { nameMatcher } from "../../src/collect/locations/name-matcher.ts";
import { xmlFilesIn } from "../../src/config/rule-files.ts";
import { openDecoder } from "../../src/decode/decode.ts";
import type { Decoder } from "../../src/decode/decoders/decoder.ts";
import { loadDecoders } from "../../src/decode/decoders/load.ts";
import { verdictOfTests } from "../verdict/ground.ts";
import { readSamples, shipped } from "./samples.ts";

const rules = loadRules([xmlFilesIn(join(import.meta.dirname, "../../rules"))]);
const decoders = loadDecoders(xmlFilesIn(join(import.meta.dirname, "../../rules/decoders")));
const ready = compileRules(rules, { logLevel: 1, emailLevel: 9 });
const decode = openDecoder(decoders, { verdictOf: verdictOfTests() });
const samples = readSamples();
const fromLevel9 = {
  response: "firewall-drop",
  level: 9,
  ruleIds: [],
  ruleGroups: [],
  seconds: 300,
} as const;
const now = new Date(2026, 10, 22, 10, 1).getTime();

const syslogHeader =
  /^(?:<\d+>1 \S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\S+) \S+ /;

/** For the patterns that the shipped settings have. */
function matcherOf(location: string): (path: string) => boolean {
  const folder = nameMatcher(location.split("/").at(-2) ?? "");
  const name = nameMatcher(location.split("/").at(-1) ?? "");
  return (path) => {
    const parts = path.split("/");
    return (
      parts.length === location.split("/").length &&
      folder(parts.at(-2) ?? "") &&
      name(parts.at(-1) ?? "")
    );
  };
}

// One for all: to open one takes as long as to judge a thousand lines.
const analysis = openAnalysis(ready);
const judgeAll = ({ lines, format, location }: (typeof samples)[number]) => {
  analysis.forget();
  decode.forget();
  return lines.map((text) => {
    const event = decode({ text, format, location, receivedAt: now });
    return { event, ...analysis.judge(event) };
  });
};

test.each(samples)("$file: $title", (sample) => {
  const last = judgeAll(sample).at(-1);
  const made: Record<string, unknown> = {
    decoder: last?.event.decoder ?? null,
    fields: last?.event.fields,
    rule: last?.rule?.id ?? null,
    srcip: last?.event.srcip ?? null,
    blocks: last?.alert ? responsesTo(last.alert, [fromLevel9]).length > 0 : false,
    mayBlock: last?.alert?.mayBlock ?? false,
  };
  const { expected } = sample;
  const asked = Object.keys(expected).map((name) => [name, made[name]]);
  expect(Object.fromEntries(asked)).toEqual(expected);
});

test("every sample has its own time, so the log's time is read", () => {
  const times = samples.map(
    ({ lines: [text = ""], format, location }) =>
      decode({ text, format, location, receivedAt: now }).at,
  );
  const read = new Date(2026, 10, 22, 10, 0, 1).getTime();
  expect(times.filter((at) => Math.abs(at - read) < 1000).length).toBeGreaterThan(15);
});

/** Debian lets root alone read the first two, and PAM says in auth.log what vsftpd does; of the two of Suricata's one is enough; nmap is run by who wants it. */
const addedByTheAdmin = [
  "/var/log/php8.2-fpm.log",
  "/var/log/vsftpd.log",
  "/var/log/suricata/eve.json",
  "/var/log/scan.gnmap",
];

test("every sample stands in a log that the shipped settings read", () => {
  const logs = samples.filter(({ format }) => !/^finding$|command$/.test(format));
  const locations = new Set(logs.map(({ location }) => location));
  const read = shipped.localFiles.map(({ location }) => matcherOf(location));
  const unread = [...locations].filter((location) => !read.some((isRead) => isRead(location)));
  expect(unread.toSorted()).toEqual(addedByTheAdmin.toSorted());
});

test("what stands in syslog has its header: a program's own log has a location of its own", () => {
  const lines = samples
    .filter(({ location }) => location === "/var/log/syslog")
    .flatMap((sample) => sample.lines);
  expect(lines.filter((line) => !syslogHeader.test(line))).toEqual([]);
});

test("every pattern of every decoder fits a sample", () => {
  const fitted = new Set<Decoder>();
  const watched = openDecoder(decoders, { watch: (decoder) => fitted.add(decoder) });
  for (const { lines, format, location } of samples) {
    for (const text of lines) watched({ text, format, location, receivedAt: now });
  }
  const tops = [...decoders.withProgram, ...decoders.withoutProgram];
  const all = tops.flatMap((top) => [top, ...top.chains.flat()]);
  const unused = all.filter((decoder) => !fitted.has(decoder));
  expect(unused.map(({ file, line, ownName }) => `${file}:${line}: ${ownName}`)).toEqual([]);
});

/** Raised by messages of the daemon itself, which no log can hold. */
const ownMessages = [
  ...[502, 503, 309012, 309013, 309014, 309015, 309016, 309017, 309020],
  ...[309030, 309031, 309032, 309033, 309034, 309036, 309037, 309085, 309086],
  ...[309050, 309051, 309052, 309053],
];

test("every rule fires on a sample", () => {
  const fired = new Set(samples.map(({ expected }) => expected["rule"]));
  const specs = [...rules.rules.values()].map(({ spec }) => spec);
  const silent = specs.filter(
    (rule) => !rule.noalert && rule.category !== "ossec" && !ownMessages.includes(rule.id),
  );
  expect(silent.map(({ id }) => id).filter((id) => !fired.has(id))).toEqual([]);
});

const counted = samples.filter(({ expected }) => {
  const rule = rules.rules.get(Number(expected["rule"]));
  return rule?.spec.composite !== undefined;
});

test.each(counted)("fires at the last line and not before: $file: $title", (sample) => {
  const fired = judgeAll(sample).filter(({ rule }) => rule?.id === sample.expected["rule"]);
  expect(fired).toHaveLength(1);
});
