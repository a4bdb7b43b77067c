import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Journal, readJournal } from "../../../src/analyse/conditions/journal.ts";
import type { Log } from "../../../src/core/log.ts";
import { until } from "../../cli/scratch.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stockade-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function remembering(): Log & { said: string[] } {
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  return { said, info: say, warn: say, error: say };
}

/** A journal of what this array holds, as its users have it. */
function journalOf(contents: unknown[], log = remembering(), file = join(folder, "journal")) {
  const journal = new Journal(file, () => contents, log);
  const add = (entry: unknown) => {
    contents.push(entry);
    journal.append(entry);
  };
  return { journal, add, log, read: () => readJournal(file) };
}

test("what was flushed is there, whatever it holds, and what was not is not", () => {
  const { journal, add, read } = journalOf(["before"]);
  expect(read()).toEqual(["before"]);
  add('line\nfeed "quoted" \u0000 é');
  add(["a", "b"]);
  expect(read()).toEqual(["before"]);
  journal.flush();
  expect(read()).toEqual(["before", 'line\nfeed "quoted" \u0000 é', ["a", "b"]]);
  add("last");
  journal.close();
  expect(read().at(-1)).toBe("last");
});

test("it is for its owner alone", () => {
  journalOf(["x"]);
  expect(statSync(join(folder, "journal")).mode & 0o777).toBe(0o600);
});

test("half an entry, or a damaged one, is left out", () => {
  const file = join(folder, "journal");
  writeFileSync(file, '"one"\n{broken\n"two"\n["thr');
  expect(readJournal(file)).toEqual(["one", "two"]);
  expect(readJournal(join(folder, "none"))).toEqual([]);
});

test("it is written anew when more was added than it held, with what is left", () => {
  const contents: unknown[] = [];
  const { journal, add, read } = journalOf(contents);
  const long = "x".repeat(120_000);
  for (let n = 0; n < 8; n++) {
    add(long);
    journal.flush();
  }
  expect(read()).toHaveLength(8);
  contents.length = 0;
  add(long);
  journal.flush();
  expect(read()).toEqual([long]);
  expect(existsSync(join(folder, "journal.new"))).toBe(false);
});

test("a folder that cannot be written is refused", () => {
  writeFileSync(join(folder, "file"), "");
  expect(() => journalOf([], remembering(), join(folder, "file/journal"))).toThrow("cannot write");
});

test("a process that is killed keeps all that it flushed, and the file is never half", async () => {
  const writer = join(import.meta.dirname, "fixtures/keep-for-ever.ts");
  const file = join(folder, "journal");
  for (let kill = 0; kill < 5; kill++) {
    const child = spawn(process.execPath, [writer, file], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await until(() => said.split("\n").length > 20 + kill * 7, "entries");
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await ended;
    const flushed = said.trimEnd().split("\n").map(Number);
    const kept = readJournal(file).map((entry) => Number(String(entry).split(" ")[0]));
    expect(kept).toContain(flushed.at(-1));
    expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  }
});

test("a full disk takes what is new, says so once, and is told all when it has room", () => {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "stockade-test", folder]);
  try {
    const ballast = join(folder, "ballast");
    const { journal, add, log, read } = journalOf(["first"]);
    try {
      appendFileSync(ballast, Buffer.alloc(1 << 20));
    } catch {
      // It is full, which is what was wanted.
    }
    for (let n = 0; n < 3000; n++) {
      add(`entry ${n} ${"x".repeat(n < 10 ? 4000 : 2)}`);
      journal.flush();
    }
    expect(log.said).toEqual([expect.stringMatching(/cannot write .*journal".*ENOSPC/)]);
    expect(read()[0]).toBe("first");
    unlinkSync(ballast);
    journal.flush();
    journal.close();
    expect(log.said.at(-1)).toMatch(/can be written again$/);
    expect(read()).toHaveLength(3001);
    expect(readFileSync(join(folder, "journal"), "utf8").endsWith("\n")).toBe(true);
  } finally {
    execFileSync("umount", ["--lazy", folder]);
  }
});
