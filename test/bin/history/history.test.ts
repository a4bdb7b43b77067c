import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type HistoryOptions, readHistory } from "../../../src/bin/history/history.ts";
import { LocalFile } from "../../../src/config/local-file.ts";
import type { Line } from "../../../src/core/event.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bin-history-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** When every log of these tests was last written. */
const changedAt = new Date(2026, 10, 22, 12).getTime();
const at = (hours: number, seconds: number) => new Date(2026, 10, 22, hours, 0, seconds).getTime();

function log(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  utimesSync(path, changedAt / 1000, changedAt / 1000);
  return path;
}

async function history(paths: string[], options: Partial<HistoryOptions> = {}): Promise<Line[]> {
  const all: Line[] = [];
  const since = Number.NEGATIVE_INFINITY;
  const given = { format: undefined, since, localFiles: [], ...options };
  for await (const lines of readHistory(paths, given)) all.push(...lines);
  return all;
}

const times = (lines: Line[]) => lines.map(({ receivedAt }) => receivedAt);

describe("the time of a line", () => {
  test("is its own, and of one without a time that of the line before it", async () => {
    const path = log("a", "hello", "Nov 22 10:00:01 h p: x", "goes on", "Nov 22 10:00:03 h p: y");
    expect(times(await history([path]))).toEqual([at(10, 1), at(10, 1), at(10, 1), at(10, 3)]);
  });

  test("is the last change of the file where no line has one", async () => {
    expect(times(await history([log("a", "hello")]))).toEqual([changedAt]);
  });

  test("is not believed where the file was not written any more", async () => {
    const path = log("a", "Nov 22 10:00:01 h p: x", "2031-11-22T10:00:01Z h p: y");
    expect(times(await history([path]))).toEqual([at(10, 1), at(10, 1)]);
  });

  test("has the year that the file's last change gives it", async () => {
    const path = log("a", "Dec 31 10:00:01 h p: x");
    expect(times(await history([path]))).toEqual([new Date(2025, 11, 31, 10, 0, 1).getTime()]);
  });
});

describe("an entry of several lines", () => {
  test("happened when it began, where the next one ends it", async () => {
    const path = log("a", "2026-11-22 10:00:01 x", "\tmore", "2026-11-22 10:00:05 y");
    const lines = await history([path], { format: "postgresql_log" });
    expect(lines.map(({ text }) => text)).toEqual([
      "2026-11-22 10:00:01 x more",
      "2026-11-22 10:00:05 y",
    ]);
    expect(times(lines)).toEqual([at(10, 1), at(10, 5)]);
  });

  test("that is cut off by the end of the log is read all the same", async () => {
    const lines = await history([log("a", "one", "two", "three")], { format: "multi-line:2" });
    expect(lines.map(({ text }) => text)).toEqual(["one two", "three"]);
  });

  test("begins at the lines that a pattern finds", async () => {
    const lines = await history([log("a", "! one", "two", "! three")], {
      format: "multi-line-regex:^!",
    });
    expect(lines.map(({ text }) => text)).toEqual(["! one two", "! three"]);
  });
});

describe("how a log is written", () => {
  const alert =
    "11/22/2026-10:00:01.000000  [**] [1:2:3] x [**] [Priority: 2] {TCP} 192.0.2.1:1 -> 192.0.2.2:2";
  const formats = async (path: string, ...localFiles: LocalFile[]) =>
    (await history([path], { localFiles })).map(({ format, location }) => [format, location]);
  const localFile = (location: string, logFormat = "snort-fast") =>
    LocalFile.parse({ location, logFormat });

  test("is what the settings say of it, and of the log it was rotated from", async () => {
    const original = join(folder, "ids");
    for (const name of ["ids", "ids.1", "ids-20261122", "ids.old"]) {
      expect(await formats(log(name, alert), localFile(original))).toEqual([
        ["snort-fast", original],
      ]);
    }
    expect(await formats(log("ids2", alert), localFile(original))).toEqual([
      ["syslog", join(folder, "ids2")],
    ]);
  });

  test("also where they name it by a pattern or a date", async () => {
    const path = log("ids-2026-11-22.log", alert);
    for (const location of [`${folder}/ids-*.log`, `${folder}/ids-%Y-%m-%d.log`]) {
      expect(await formats(path, localFile(location))).toEqual([["snort-fast", path]]);
    }
  });

  test("is known by the usual names", async () => {
    expect((await formats(log("fast.log.1", alert))).flat()).toContain("snort-fast");
    const eve = '{"timestamp":"2026-11-22T10:00:01.000000+0000","event_type":"alert"}';
    expect((await formats(log("eve.json", eve))).flat()).toContain("eve");
    expect((await formats(log("messages", alert))).flat()).toContain("syslog");
  });

  test("is what is asked for", async () => {
    const [line] = await history([log("messages", alert)], { format: "snort-fast" });
    expect(line?.format).toBe("snort-fast");
    for (const format of [
      "own",
      "command",
      "full_command",
      "multi-line",
      "multi-line:x",
      "eventlog",
    ]) {
      await expect(async () => history([log("a", "x")], { format })).rejects.toThrow(
        "is not known",
      );
    }
  });
});
