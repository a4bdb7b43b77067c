import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseAddress } from "../../src/core/address.ts";
import { idText } from "../../src/report/alert-log.ts";
import { openRecord } from "../../src/report/record.ts";
import { alertOf, remembering, type Sketch, tenOClock } from "./alerts.ts";

const second = tenOClock / 1000;
let folder: string;
let now = 0;
let log = remembering();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "report-record-"));
  now = tenOClock;
  log = remembering();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const alertsLog = () => join(folder, "alerts", "alerts.log");
const alertsJson = () => join(folder, "alerts", "alerts.json");
const open = () =>
  openRecord({
    alertsLog: alertsLog(),
    alertsJson: alertsJson(),
    hostname: "web1",
    log,
    clock: () => now,
  });

function recorded(...sketches: Sketch[]): { log: string; json: string; ids: string[] } {
  const record = open();
  const ids = sketches.map((sketch) => idText(record.record(alertOf(sketch))));
  record.flush();
  record.close();
  return { log: readFileSync(alertsLog(), "utf8"), json: readFileSync(alertsJson(), "utf8"), ids };
}

const failed = "Nov 22 10:06:39 host sshd[1]: Failed password for bob from 192.0.2.7";

describe("alerts.log", () => {
  test("has OSSEC's format, with every line it knows", () => {
    const fields = {
      srcip: "192.0.2.7",
      srcport: "4711",
      dstip: "198.51.100.2",
      dstport: "22",
      dstuser: "bob",
    };
    expect(recorded({ fields, previous: ["second", "first"] }).log).toBe(
      `** Alert ${second}.0: mail  - syslog,sshd,authentication_failed,
2026 Nov 22 10:06:40 host->/var/log/auth.log
Rule: 5716 (level 5) -> 'SSHD authentication failed.'
Src IP: 192.0.2.7
Src Port: 4711
Dst IP: 198.51.100.2
Dst Port: 22
User: bob
${failed}
second
first

`,
    );
  });

  test("leaves out what is not there; without a mail the head is shorter; this machine stands in for the host", () => {
    expect(recorded({ mail: false, groups: ["ids"], host: undefined }).log).toBe(
      `** Alert ${second}.0: - ids,
2026 Nov 22 10:06:40 web1->/var/log/auth.log
Rule: 5716 (level 5) -> 'SSHD authentication failed.'
${failed}

`,
    );
  });

  test.each([
    ["", " "],
    ["** Alert 1.2: mail  - x,", " ** Alert 1.2: mail  - x,"],
    ["a\n\n** Alert 1.2: mail  - x,\n", "a\\x0a\\x0a** Alert 1.2: mail  - x,\\x0a"],
    ["Src IP: 8.8.8.8", " Src IP: 8.8.8.8"],
    ["User: root", " User: root"],
    ["Rule: 1 (level 15) -> 'x'", " Rule: 1 (level 15) -> 'x'"],
    ["\u001b[2J\u009b31m\r", "\\x1b[2J\\x9b31m\\x0d"],
    ["user \u202egnp.exe", "user \\u202egnp.exe"],
    ["naïve 🦊", "naïve 🦊"],
  ])("shows the log line %j as %j", (line, shown) => {
    const lines = recorded({ line, previous: [line] }).log.split("\n");
    expect(lines.slice(3)).toEqual([shown, shown, "", ""]);
  });

  test.each([
    { location: "/var/log/x\n\n** Alert 1.2: mail" },
    { host: "host\n\n** Alert 1.2: mail" },
    { description: "a\n\n** Alert 1.2: mail" },
    { groups: ["a\n\n** Alert 1.2: mail"] },
    { fields: { dstuser: "\n\n** Alert 1.2: mail" } },
    { fields: { srcip: "192.0.2.7", srcport: "1\n\n** Alert 1.2: mail" } },
    { fields: { srcip: "192.0.2.7", srcport: "\n22" } },
    { fields: { srcip: "192.0.2.7\n\n** Alert 1.2: mail", dstip: "not an address" } },
  ])("no part of an alert can begin a record of its own: %j", (sketch) => {
    const text = recorded(sketch).log;
    expect(text.match(/^\*\* Alert/gm)).toHaveLength(1);
    expect(text.match(/^$/gm)).toHaveLength(2);
    expect(text).not.toContain("not an address");
  });

  test.each([
    ["a".repeat(100_000), 1256],
    [`a${"é".repeat(50_000)}`, 1255],
    ["🦊".repeat(25_000), 1256],
    [`ab${"🦊".repeat(25_000)}`, 1254],
  ])("cuts a long line at a character, at most 1256 bytes (%#)", (line, bytes) => {
    const shown = recorded({ line }).log.split("\n")[3] ?? "";
    expect(Buffer.byteLength(shown)).toBe(bytes);
    expect(line.startsWith(shown)).toBe(true);
  });

  test("is nobody else's business", () => {
    recorded({});
    expect(statSync(alertsLog()).mode & 0o777).toBe(0o640);
    expect(statSync(alertsJson()).mode & 0o777).toBe(0o640);
    expect(statSync(join(folder, "alerts")).mode & 0o777).toBe(0o750);
  });
});

describe("the id", () => {
  test("is the second and the offset of the record, over restarts too", () => {
    const first = recorded({}, { line: "é" }, { at: tenOClock + 60_000 });
    const again = recorded({});
    const bytes = Buffer.from(again.log);
    for (const id of [...first.ids, ...again.ids]) {
      const offset = Number(id.split(".")[1]);
      expect(bytes.toString("utf8", offset).startsWith(`** Alert ${id}:`)).toBe(true);
    }
  });

  test("is never given twice: not for alerts that are not logged, not after a rotation in the same second", () => {
    const record = open();
    const ids = [{ log: false }, { log: false }, {}, {}].map((sketch) =>
      idText(record.record(alertOf(sketch))),
    );
    record.flush();
    unlinkSync(alertsLog());
    now += 1000;
    for (let n = 0; n < 3; n++) ids.push(idText(record.record(alertOf())));
    record.close();
    expect(new Set(ids).size).toBe(ids.length);
    expect(idText(record.record(alertOf({ at: tenOClock + 1000 })))).toMatch(
      /^\d{1,12}\.\d{1,15}$/,
    );
  });
});

describe("alerts.json", () => {
  test("has OSSEC's keys and gives the exact text back", () => {
    const line = 'a "quoted" \\ line\nwith \u001b[2J, \u202e, \u009b31m, é and 🦊';
    const fields = { srcip: "192.0.2.7", srcport: "4711", dstuser: "bob", id: "9", sid: "2024364" };
    const { json, ids } = recorded({
      line,
      fields,
      previous: ["b", "c"],
      groups: ["ids", "snort"],
    });
    expect(json.split("\n")).toHaveLength(2);
    expect(JSON.parse(json)).toEqual({
      rule: {
        level: 5,
        comment: "SSHD authentication failed.",
        sidid: 5716,
        group: "ids,snort,",
        groups: ["ids", "snort"],
      },
      id: ids[0],
      TimeStamp: tenOClock,
      decoder: "sshd",
      srcip: "192.0.2.7",
      srcport: "4711",
      dstuser: "bob",
      location: "host->/var/log/auth.log",
      full_log: line,
      previous_output: "b\nc",
      hostname: "host",
      program_name: "sshd",
      fields: { id: "9", sid: "2024364" },
      timestamp: "2026 Nov 22 10:06:40",
      logfile: "/var/log/auth.log",
    });
  });

  test("names the verdict, and alerts.log, whose format is OSSEC's, does not", () => {
    const verdict = {
      class: "answered",
      reason: "the other side answered",
      remote: parseAddress("192.0.2.7"),
      local: undefined,
    } as const;
    const { json, log: text } = recorded({ fields: { srcip: "192.0.2.7" }, verdict });
    expect(JSON.parse(json).verdict).toEqual({
      class: "answered",
      reason: "the other side answered",
      remote: "192.0.2.7",
    });
    expect(text).not.toContain("answered");
  });

  test("can be looked at in a terminal", () => {
    const nasty = "\u001b[2J\u009b31m\u007f\u202e\u2028\ud800";
    const { json } = recorded({ line: nasty, fields: { [nasty]: nasty }, description: nasty });
    expect(json).toMatch(/^[ -~]+\n$/);
    expect(JSON.parse(json).full_log).toBe(nasty);
  });

  test("each alert says its own host and log", () => {
    const sketches = [
      { host: "one", location: "/var/log/a" },
      { host: "two", location: "/var/log/a" },
      { host: "two", location: "/var/log/b" },
      { host: undefined, location: "/var/log/b" },
      { host: "one", location: "/var/log/a" },
    ];
    const { log: text, json } = recorded(...sketches);
    const places = sketches.map((one) => `${one.host ?? "web1"}->${one.location}`);
    expect(text.match(/\S+->\S+/g)).toEqual(places);
    expect(
      json
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).location),
    ).toEqual(places);
  });

  test("a text is the same text, whatever it holds", () => {
    const parts = ["DOMAIN\\user", '"quoted"', "\\", "tab\tand\u001b[31m", "é 入 🔐", "plain"];
    const texts = parts.flatMap((part) => [
      part,
      `${part} `.repeat(20),
      `${"x".repeat(100)}${part}`,
    ]);
    const sketches = texts.flatMap((line) => [
      { line, fields: { status: line, own: line } },
      { line, fields: { dstuser: line } },
    ]);
    const values = recorded(...sketches)
      .json.trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(values.map((one) => one.full_log)).toEqual(texts.flatMap((text) => [text, text]));
    const status = values.filter((one) => one.status !== undefined);
    expect(status.map((one) => [one.status, one.fields.own])).toEqual(
      texts.map((text) => [text, text]),
    );
  });

  test("a source that is no address is a field, not srcip", () => {
    const value = JSON.parse(recorded({ fields: { srcip: "1.2.3.4.5" } }).json);
    expect(value).not.toHaveProperty("srcip");
    expect(value.fields).toEqual({ srcip: "1.2.3.4.5" });
  });
});

describe("the files", () => {
  const rotations = {
    rename: (path: string) => renameSync(path, `${path}.1`),
    delete: unlinkSync,
    copytruncate: (path: string) => truncateSync(path, 0),
  };

  test.each(Object.entries(rotations))("survive logrotate's %s", (how, rotate) => {
    const record = open();
    for (let n = 0; n < 100; n++) {
      record.record(alertOf({ line: `line ${n};` }));
      record.flush();
      if (n !== 49) continue;
      now += 1000;
      rotate(alertsLog());
      rotate(alertsJson());
    }
    record.close();
    const lines = readFileSync(alertsLog(), "utf8").match(/^line \d+;$/gm);
    expect(lines).toEqual([...Array(50).keys()].map((n) => `line ${n + 50};`));
    const json = readFileSync(alertsJson(), "utf8").trimEnd().split("\n");
    expect(json.map((line) => JSON.parse(line).full_log)).toEqual(lines);
    if (how === "rename") {
      expect(readFileSync(`${alertsLog()}.1`, "utf8").match(/^line \d+;$/gm)).toHaveLength(50);
    }
  });

  test("a full disk is said once a minute, nothing crashes, and what fitted into memory is written later", () => {
    recorded({});
    unlinkSync(alertsLog());
    symlinkSync("/dev/full", alertsLog());
    const record = open();
    for (let n = 0; n < 180; n++) {
      record.record(alertOf({ line: `while full ${n};` }));
      record.flush();
      now += 1000;
    }
    expect(log.said).toHaveLength(3);
    expect(log.said[0]).toMatch(/^cannot write ".*alerts\.log": ENOSPC.*wait in memory/);
    unlinkSync(alertsLog());
    now += 1000;
    record.flush();
    record.flush();
    record.close();
    const text = readFileSync(alertsLog(), "utf8");
    expect(text.match(/^while full \d+;$/gm)).toHaveLength(180);
    expect(text.match(/^\*\* Alert/gm)).toHaveLength(180);
  });

  test("beyond a mebibyte alerts are dropped and counted, ids stay unique", () => {
    recorded({});
    unlinkSync(alertsLog());
    symlinkSync("/dev/full", alertsLog());
    const record = open();
    const ids = new Set<string>();
    for (let n = 0; n < 5000; n++)
      ids.add(idText(record.record(alertOf({ line: "x".repeat(1000) }))));
    expect(ids.size).toBe(5000);
    unlinkSync(alertsLog());
    now += 1000;
    record.flush();
    record.flush();
    record.close();
    const kept = readFileSync(alertsLog(), "utf8").match(/^\*\* Alert/gm) ?? [];
    expect(kept.length).toBeGreaterThan(500);
    expect(log.said.at(-1)).toContain(`${5000 - kept.length} alerts are not in it`);
  });

  test("a batch larger than the buffer is in both files whole and in order", () => {
    const record = open();
    const lines = Array.from({ length: 4000 }, (_, n) => `line ${n} ${"x".repeat(1000)};`);
    for (const line of lines) record.record(alertOf({ line }));
    record.close();
    expect(readFileSync(alertsLog(), "utf8").match(/^line .*;$/gm)).toEqual(lines);
    const json = readFileSync(alertsJson(), "utf8").trimEnd().split("\n");
    expect(json.map((line) => JSON.parse(line).full_log)).toEqual(lines);
  });

  test("an alert that cannot be written leaves nothing of itself behind", () => {
    const record = open();
    const alert = alertOf({ line: "none" });
    const broken = { ...alert, event: { ...alert.event, fullLog: undefined as never } };
    record.record(alertOf({ line: "before" }));
    expect(() => record.record(broken)).toThrow();
    record.record(alertOf({ line: "after" }));
    expect(() => record.record(broken)).toThrow();
    record.flush();
    record.record(alertOf({ line: "last" }));
    record.close();
    const records = readFileSync(alertsLog(), "utf8").split("\n\n");
    expect(records.map((one) => one.split("\n").length)).toEqual([4, 4, 4, 1]);
    const json = readFileSync(alertsJson(), "utf8").trimEnd().split("\n");
    expect(json.map((line) => JSON.parse(line).full_log)).toEqual(["before", "after", "last"]);
  });

  test("a place that cannot be written is the operator's mistake", () => {
    symlinkSync("/proc/version", join(folder, "alerts"));
    expect(open).toThrow(/cannot write/);
    expect(existsSync(alertsLog())).toBe(false);
  });

  test("W20: the bytes for an event are bounded, and nothing is said of itself", () => {
    const record = open();
    const worst = alertOf({
      line: "\u0001".repeat(100_000),
      previous: Array.from({ length: 1000 }, () => "\u0001".repeat(100_000)),
      fields: Object.fromEntries(
        [...Array(500).keys()].map((n) => [`f${n}`, "\u0001".repeat(9999)]),
      ),
    });
    record.record(worst);
    for (let n = 0; n < 100_000; n++) record.record(alertOf());
    record.close();
    const plain = (path: string) => statSync(path).size / 100_000;
    expect(plain(alertsLog())).toBeLessThan(260);
    expect(plain(alertsJson())).toBeLessThan(480);
    expect(readFileSync(alertsLog(), "utf8").indexOf("** Alert", 1)).toBeLessThan(52 * 1256 + 200);
    expect(readFileSync(alertsJson(), "utf8").indexOf("\n")).toBeLessThan(400_000);
    expect(log.said).toEqual([]);
  });
});

describe("without alerts.json", () => {
  test("alerts.log alone is written, until alerts.json is asked for, and again when it is not", () => {
    const files = { alertsLog: alertsLog(), alertsJson: alertsJson() };
    const options = { ...files, hostname: "web1", log, clock: () => now };
    const record = openRecord(options, { json: false });
    record.record(alertOf({ line: "one" }));
    record.flush();
    expect(existsSync(alertsJson())).toBe(false);
    record.configure({ json: true });
    record.record(alertOf({ line: "two" }));
    record.configure({ json: false });
    record.record(alertOf({ line: "three" }));
    record.close();
    expect(readFileSync(alertsLog(), "utf8").match(/^(one|two|three)$/gm)).toHaveLength(3);
    expect(readFileSync(alertsJson(), "utf8").match(/"full_log":"[a-z]+"/g)).toEqual([
      '"full_log":"two"',
    ]);
  });
});
