import { describe, expect, test } from "vitest";
import { eveAlerts } from "../../../src/collect/join/eve.ts";
import { type EntryFormat, joinLines } from "../../../src/collect/join/join-lines.ts";
import { modsecAudit } from "../../../src/collect/join/modsec-audit.ts";
import { mssqlLog } from "../../../src/collect/join/mssql-log.ts";
import { multiLine } from "../../../src/collect/join/multi-line.ts";
import { multiLineIndented } from "../../../src/collect/join/multi-line-indented.ts";
import { mysqlLog } from "../../../src/collect/join/mysql-log.ts";
import { nmapg } from "../../../src/collect/join/nmapg.ts";
import { ossecAlert } from "../../../src/collect/join/ossecalert.ts";
import { postgresqlLog } from "../../../src/collect/join/postgresql-log.ts";
import { snortFull } from "../../../src/collect/join/snort-full.ts";
import { maxLineLength } from "../../../src/collect/logs/lines.ts";
import { costOf } from "../../cost.ts";
import { entriesOf } from "./join.ts";

const open = () => joinLines<number>(postgresqlLog);

describe("time", () => {
  test("an entry waits for its next line, and no longer than a second", () => {
    const joiner = open();
    expect(joiner.push("one", 0, 1000)).toEqual([]);
    expect(joiner.push("\ttwo", 1, 1500)).toEqual([]);
    expect([joiner.heldFrom(), joiner.dueAt()]).toEqual([0, 2500]);
    expect(joiner.expire(2499)).toEqual([]);
    expect(joiner.expire(2500)).toEqual(["one two"]);
    expect([joiner.heldFrom(), joiner.dueAt()]).toEqual([undefined, undefined]);
    expect(joiner.counts()).toEqual({ cut: 0, skipped: 0, isMismatch: false });
  });

  test("one that gets a line now and then does not wait for ever", () => {
    const joiner = open();
    joiner.push("one", 0, 0);
    for (let now = 500; now < 10_000; now += 500) {
      expect(joiner.push("\tmore", 1, now)).toEqual([]);
      expect(joiner.expire(now)).toEqual([]);
    }
    expect(joiner.expire(10_000)).toHaveLength(1);
  });

  test("W14c: what comes too late is no entry of its own, and its entry counts as cut", () => {
    const joiner = open();
    joiner.push("one", 0, 0);
    joiner.expire(1000);
    const late = "\tNov 22 10:00:00 web1 sshd[1]: Failed password for root from 203.0.113.9";
    expect(joiner.push(late, 1, 2000)).toEqual([]);
    expect(joiner.push(late, 2, 2000)).toEqual([]);
    expect(joiner.counts()).toEqual({ cut: 1, skipped: 2, isMismatch: false });
    joiner.push("two", 3, 3000);
    expect(joiner.expire(4000)).toEqual(["two"]);
  });

  test("multi-line: what is missing does not shift what follows", () => {
    const joiner = joinLines<number>(multiLine(3));
    expect(joiner.push("a1", 0, 0)).toEqual([]);
    expect(joiner.expire(5000)).toEqual(["a1"]);
    expect(joiner.push("a2", 1, 6000)).toEqual([]);
    expect(joiner.push("a3", 2, 6000)).toEqual(["a2 a3"]);
    const next = ["b1", "b2", "b3"].map((line, index) => joiner.push(line, index, 7000));
    expect(next).toEqual([[], [], ["b1 b2 b3"]]);
  });
});

describe("size", () => {
  test("W14c: an entry without end is cut, counted, and its tail is no event", () => {
    const joiner = open();
    joiner.push("one", 0, 0);
    for (let count = 0; count < 10_000; count += 1) {
      expect(joiner.push("\tmore", 1, 0)).toEqual([]);
    }
    const [entry = ""] = joiner.push("two", 2, 0);
    expect(entry.split(" ").length).toBe(256);
    expect(joiner.counts().cut).toBe(1);
  });

  test("so is one of long lines", () => {
    const joiner = open();
    joiner.push("one", 0, 0);
    joiner.push(`\t${"x".repeat(maxLineLength - 10)}`, 1, 0);
    joiner.push(`\t${"y".repeat(maxLineLength - 10)}`, 2, 0);
    const [entry = ""] = joiner.push("two", 3, 0);
    expect(entry.length).toBeLessThanOrEqual(maxLineLength);
    expect(entry).toMatch(/^one x+ y+$/);
    expect(joiner.counts().cut).toBe(1);
  });

  test("one that swallows all that follows is given up, and holds no place for ever", () => {
    const joiner = joinLines<number>(modsecAudit());
    joiner.push("--fbd13fc1-A--", 0, 0);
    const line = "x".repeat(60_000);
    let entries: readonly string[] = [];
    for (let count = 1; entries.length === 0 && count < 1000; count += 1) {
      entries = joiner.push(line, count, 0);
    }
    expect(entries).toHaveLength(1);
    expect(joiner.heldFrom()).toBeUndefined();
  });
});

test("a log in which nothing begins an entry is of another format", () => {
  const joiner = joinLines<number>(mysqlLog());
  for (let count = 0; count < 100; count += 1) {
    expect(joiner.counts().isMismatch).toBe(false);
    joiner.push("no time here", count, 0);
  }
  expect(joiner.counts().isMismatch).toBe(true);
  joiner.push("2026-11-22 10:00:00 0 [Note] a", 100, 0);
  joiner.expire(1000);
  expect(joiner.counts().isMismatch).toBe(false);
});

const formats: [string, () => EntryFormat][] = [
  ["postgresql_log", () => postgresqlLog],
  ["mysql_log", mysqlLog],
  ["mssql_log", () => mssqlLog],
  ["multi-line_indented", () => multiLineIndented],
  ["multi-line: 3", () => multiLine(3)],
  ["snort-full", snortFull],
  ["modsec-audit", modsecAudit],
  ["nmapg", () => nmapg],
  ["ossecalert", () => ossecAlert],
  ["eve", () => eveAlerts],
];

describe.each(formats)("%s", (_, format) => {
  /** Made of what the formats look for, in an order that always is the same. */
  const hostile = Array.from({ length: 20_000 }, (__, index) => {
    const parts = [
      "[**] [1:2:3] a [**]",
      "[Classification: ",
      "--a-A--",
      "--a-Z--",
      "\t",
      "",
      "01/13-15:52:01 1",
      "2026-11-22 10:00:00 a",
      "** Alert ",
      "\0\u0001\ufffd\ud800",
      '{"event_type":"alert"}',
      "Host: 1 ()\tPorts: 1/open/tcp//",
      "\t\t     2 Query",
    ];
    return parts[(index * 7919 + (index >> 3)) % parts.length] ?? "";
  });

  test("never throws, gives no empty entry, and ends with nothing held", () => {
    const joiner = joinLines<number>(format());
    const entries = hostile.flatMap((line, index) => [...joiner.push(line, index, index)]);
    entries.push(...joiner.expire(1_000_000_000));
    expect(entries.filter((entry) => entry === "")).toEqual([]);
    expect(joiner.heldFrom()).toBeUndefined();
  });

  test.each([
    ["blanks", " ".repeat(65_000)],
    ["tabs", "\t".repeat(65_000)],
    ["digits", "1".repeat(65_000)],
    ["dashes", "-".repeat(65_000)],
    ["event types", '"event_type" '.repeat(5000)],
    ["hosts", "Host: (".repeat(9000)],
    ["ports", `Host: 1 ()\t${"Ports: \t".repeat(8000)}`],
  ])("takes little time for a line of %s", (__, line) => {
    expect(costOf(() => entriesOf(format(), `${line}\n`.repeat(10))) / 10).toBeLessThan(20);
  });
});
