import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkLogFormats } from "../../src/collect/join/formats.ts";
import { openPositions, type Positions } from "../../src/collect/logs/positions.ts";
import { openSources } from "../../src/collect/sources.ts";
import { facilitiesOf } from "../../src/collect/usual-logs.ts";
import type { LocalFile } from "../../src/config/local-file.ts";
import { collectLog } from "./collect-log.ts";
import { drive } from "./drive.ts";
import { until } from "./processes.ts";

let folder: string;
let positions: Positions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-sources-"));
  positions = openPositions(folder, collectLog().log);
});
afterEach(() => {
  positions.close();
  rmSync(folder, { recursive: true });
});

const auth: LocalFile = { location: "/var/log/auth.log", logFormat: "syslog" };
const syslog: LocalFile = { location: "/var/log/syslog", logFormat: "syslog" };
const fast: LocalFile = { location: "/var/log/suricata/fast.log", logFormat: "snort-fast" };
const journald = (location: string): LocalFile => ({ location, logFormat: "journald" });

function open(files: readonly LocalFile[], missing: readonly string[], hasJournal = true) {
  const { log, messages } = collectLog();
  const machine = {
    isMissing: (path: string) => missing.includes(path),
    hasJournal: () => hasJournal,
  };
  const sources = openSources(files, { positions, log, clock: Date.now, machine });
  return { names: sources.map(({ name }) => name), sources, messages };
}

test.each<[string, LocalFile[], string[], boolean, string[]]>([
  ["files that exist", [auth, fast], [], true, [auth.location, fast.location]],
  [
    "the journal for a missing log",
    [auth, fast],
    [auth.location],
    true,
    [fast.location, "journald"],
  ],
  ["one journal for several", [auth, syslog], [auth.location, syslog.location], true, ["journald"]],
  ["a missing log where there is no journal", [auth], [auth.location], false, [auth.location]],
  ["a missing log that is not syslog's", [fast], [fast.location], true, [fast.location]],
  ["a log that is named twice, once", [auth, auth], [], true, [auth.location]],
  ["the journal on request", [auth, journald("all")], [], true, [auth.location, "journald"]],
])("opens %s", (_, files, missing, hasJournal, names) => {
  expect(open(files, missing, hasJournal).names).toEqual(names);
});

test("says for what the journal stands in", () => {
  expect(open([auth, syslog], [auth.location, syslog.location]).messages).toEqual([
    "info: the journal stands in for /var/log/auth.log, /var/log/syslog",
  ]);
});

test("what the journal gave is not read again from files that come back, nor the other way round", () => {
  const keys = [`file:${auth.location}`, `file:${syslog.location}`, "journald"];
  const known = () => keys.filter((key) => positions.load(key) !== undefined);
  for (const key of keys) positions.save(key, "[]");
  open([auth, syslog], [auth.location]);
  expect(known()).toEqual([`file:${syslog.location}`, "journald"]);
  open([auth, syslog], []);
  expect(known()).toEqual([`file:${syslog.location}`]);
});

test("commands come last, and may be the same", () => {
  const w: LocalFile = { logFormat: "command", command: "w", location: "who", seconds: 1 };
  expect(open([w, auth, w], []).names).toEqual([auth.location, "who", "who"]);
});

test("a pattern of which nothing is possible is refused with its place", () => {
  const log: LocalFile = {
    logFormat: "multi-line-regex",
    location: "/x",
    begin: "(a",
    dialect: "pcre2",
    at: "/etc/stockade/stockade.conf:7",
  };
  const told = /^\/etc\/stockade\/stockade\.conf:7: <multiline_regex> /;
  expect(() => open([log], [])).toThrow(told);
  expect(() => checkLogFormats([auth, log])).toThrow(told);
  expect(() => checkLogFormats([auth, { ...log, begin: "^a" }])).not.toThrow();
});

describe("from the settings to lines", () => {
  const running: ReturnType<typeof drive>[] = [];
  const follow = (...files: LocalFile[]) => {
    const { sources } = open(files, []);
    const all = sources.map((source) => drive(source));
    running.push(...all);
    return { sources, all };
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });

  test.each<[Exclude<LocalFile, { command: string }>, string, string[], string]>([
    [
      { logFormat: "mysql_log", location: "x" },
      "2026-11-22T05:37:11.413123Z 8 [Note] a\nb\n",
      ["MySQL log: 2026-11-22T05:37:11.413123Z 8 [Note] a b"],
      "mysql_log",
    ],
    [
      { logFormat: "multi-line", lines: 2, location: "x" },
      "a\nb\nc\nd\n",
      ["a b", "c d"],
      "multi-line",
    ],
    [
      { logFormat: "multi-line-regex", begin: "^#", dialect: "pcre2", at: "x:1", location: "x" },
      "#a\nb\n#c\n",
      ["#a b", "#c"],
      "multi-line-regex",
    ],
    [
      { logFormat: "audit", location: "x" },
      "type=A msg=audit(1.2:3): a\ntype=PROCTITLE msg=audit(1.2:3): b\n",
      ["type=A msg=audit(1.2:3): a type=PROCTITLE msg=audit(1.2:3): b"],
      "audit",
    ],
    [{ logFormat: "multi-line_indented", location: "x" }, "a\n b\n\n", ["a b"], "syslog"],
    [{ logFormat: "json", location: "x" }, '{"a":1}\n', ['{"a":1}'], "json"],
    [{ logFormat: "apache", location: "x" }, "a\n b\n", ["a", " b"], "apache"],
  ])("$logFormat", async (log, content, texts, format) => {
    const path = join(folder, "app.log");
    writeFileSync(path, "");
    const { sources, all } = follow({ ...log, location: path });
    await until(() => sources[0]?.health().state === "following", "following");
    appendFileSync(path, content);
    await all[0]?.until(texts.length);
    expect(all[0]?.lines.map((line) => [line.text, line.location, line.format])).toEqual(
      texts.map((text) => [text, path, format]),
    );
  });

  test("a pattern gives each file its own entries, and leaves alone what is named", async () => {
    const paths = ["a.log", "b.log", "c.log"].map((name) => join(folder, name));
    for (const path of paths) writeFileSync(path, "");
    const [a = "", b = "", c = ""] = paths;
    const { sources, all } = follow(
      { logFormat: "postgresql_log", location: join(folder, "*.log") },
      { logFormat: "syslog", location: c },
    );
    await until(() => sources.every(({ health }) => health().state === "following"), "following");
    appendFileSync(a, "a1\n");
    appendFileSync(b, "b1\n");
    appendFileSync(c, "c1\n");
    appendFileSync(a, "\ta2\n");
    appendFileSync(b, "\tb2\n");
    await all[0]?.until(2);
    await all[1]?.until(1);
    expect(all[0]?.texts().toSorted()).toEqual(["a1 a2", "b1 b2"]);
    expect(all[1]?.texts()).toEqual(["c1"]);
  });

  test("a command", async () => {
    const { all } = follow({
      logFormat: "full_command",
      command: "echo one; echo two",
      location: "numbers",
      seconds: 60,
    });
    await all[0]?.until(1);
    expect(all[0]?.lines[0]).toMatchObject({
      text: "ossec: output: 'numbers':\none\ntwo",
      location: "numbers",
      format: "full_command",
    });
  });
});

const all = Array.from({ length: 24 }, (_, facility) => facility);
test.each<[string[], string[], number[]]>([
  [["/var/log/auth.log"], [], [4, 10]],
  [["/var/log/secure", "/var/log/auth.log"], [], [4, 10]],
  [["/var/log/kern.log", "/var/log/mail.log"], [], [0, 2]],
  [["/var/log/syslog"], ["/var/log/auth.log"], all.filter((one) => one !== 4 && one !== 10)],
  [["/var/log/syslog", "/var/log/auth.log"], [], all],
  [["/var/log/messages"], ["/var/log/kern.log"], all.filter((one) => ![0, 4, 10].includes(one))],
  [
    ["/var/log/syslog", "/var/log/kern.log"],
    ["/var/log/app.log"],
    all.filter((one) => one !== 4 && one !== 10),
  ],
  [[], ["/var/log/auth.log"], []],
])("without %j and with %j the journal gives facilities %j", (absent, present, facilities) => {
  expect(facilitiesOf(absent, present)).toEqual(facilities);
});
