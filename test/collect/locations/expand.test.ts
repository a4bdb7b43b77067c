import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expand, isPattern, obstacleTo } from "../../../src/collect/locations/expand.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "collect-expand-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const now = new Date(2026, 0, 5, 7, 8, 9);
const make = (...names: string[]) => {
  for (const name of names) writeFileSync(join(folder, name), "");
};
const expanded = (location: string, known: string[] = [], most = 512) =>
  expand(
    join(folder, location),
    now,
    known.map((name) => join(folder, name)),
    most,
  ).map((path) => path.slice(folder.length + 1));

test("files that match, in folders that match", () => {
  for (const one of ["a", "b", "c"]) mkdirSync(join(folder, one));
  make("a/x.log", "b/x.log", "b/y.txt", "c/x.log");
  mkdirSync(join(folder, "a/folder.log"));
  symlinkSync("x.log", join(folder, "a/link.log"));
  symlinkSync("nowhere", join(folder, "a/broken.log"));
  expect(expanded("[ab]/*.log")).toEqual(["a/link.log", "a/x.log", "b/x.log"]);
  expect(expanded("*/x.log")).toEqual(["a/x.log", "b/x.log", "c/x.log"]);
  expect(expanded("d*/x.log")).toEqual([]);
});

test("not what a rotation left, nor what is compressed", () => {
  make("app.log", "app.log.1", "app.log.2.gz", "app.log-20260104", "app-20260104.log", "other.log");
  expect(expanded("*")).toEqual(["app.log", "other.log"]);
});

test("not what a rotation left of a log that is just not there", () => {
  make("app.log.1");
  expect(expanded("app.log*", ["app.log"])).toEqual([]);
});

test("logs that are named by their day are each their own", () => {
  make("app-2026-01-04.log", "app-2026-01-05.log");
  expect(expanded("app-*.log")).toEqual(["app-2026-01-04.log", "app-2026-01-05.log"]);
});

test("a date is today's, whether its file is there or not", () => {
  expect(expanded("app-%Y-%m-%d.log")).toEqual(["app-2026-01-05.log"]);
  make("a-20260105.log", "b-20260105.log", "c-20260104.log");
  expect(expanded("?-%Y%m%d.log")).toEqual(["a-20260105.log", "b-20260105.log"]);
});

test("of too many the newest", () => {
  make("a.log", "b.log", "c.log");
  utimesSync(join(folder, "a.log"), 1000, 1000);
  utimesSync(join(folder, "b.log"), 3000, 3000);
  utimesSync(join(folder, "c.log"), 2000, 2000);
  expect(expanded("*.log", [], 2)).toEqual(["b.log", "c.log"]);
});

describe("what is not for us", () => {
  test("a folder is told, one that is not there is not", () => {
    mkdirSync(join(folder, "closed"), { mode: 0o700 });
    chmodSync(folder, 0o755);
    asNobody(() => {
      expect(obstacleTo(join(folder, "closed/*.log"))).toMatch(
        /^cannot read ".*\/closed": permission denied; /,
      );
      expect(obstacleTo(join(folder, "nowhere/*.log"))).toBeUndefined();
      expect(obstacleTo(join(folder, "*/x.log"))).toBeUndefined();
      expect(obstacleTo("/*.log")).toBeUndefined();
    });
  });

  test("a file in such a folder is taken for one, so that who follows it says why it is not read", () => {
    mkdirSync(join(folder, "closed"), { mode: 0o700 });
    chmodSync(folder, 0o755);
    asNobody(() => expect(expanded("close*/x.log")).toEqual(["closed/x.log"]));
    expect(expanded("close*/x.log")).toEqual([]);
  });

  /** Root may read everything. */
  function asNobody(act: () => void): void {
    process.seteuid?.(65_534);
    try {
      act();
    } finally {
      process.seteuid?.(0);
    }
  }
});

test.each([
  ["/var/log/auth.log", false],
  ["/var/log/*.log", true],
  ["/var/log/a?", true],
  ["/var/log/[ab]", true],
  ["/var/log/%Y", true],
])("%s: %s", (location, expected) => {
  expect(isPattern(location)).toBe(expected);
});
