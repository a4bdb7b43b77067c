import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { maxHeadBytes } from "../../../src/collect/logs/generation.ts";
import { type Candidate, type Known, lineage } from "../../../src/collect/logs/lineage.ts";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** A file named `log` or `log.N`; `at` is when it was last written to. */
function file(path: string, ino: number, content: string, at: number): Candidate {
  const bytes = Buffer.from(content);
  return {
    path,
    dev: 1,
    ino,
    size: bytes.length,
    modifiedAt: at,
    isNamed: path === "log",
    head: (length) => bytes.subarray(0, length),
    headHash: (length) => (length <= bytes.length ? hash(content.slice(0, length)) : undefined),
  };
}

/** What was read of a file, and when that was last written to. */
function read(ino: number, content: string, at: number, isHeld = false): Known {
  const head = content.slice(0, maxHeadBytes);
  return {
    mark: {
      dev: 1,
      ino,
      offset: content.length,
      headBytes: head.length,
      headHash: hash(head),
      modifiedAt: at,
    },
    head: isHeld ? Buffer.from(head) : undefined,
  };
}

const held = (ino: number, content: string, at: number) => read(ino, content, at, true);
const long = "x".repeat(2 * maxHeadBytes);

describe("lineage", () => {
  test.each<[string, Known[], Candidate[], string[]]>([
    ["goes on where it was", [read(1, "a", 5)], [file("log", 1, "ab", 9)], ["log@1"]],
    [
      "finishes what was renamed, then the new one",
      [read(1, "a", 5)],
      [file("log", 2, "c", 9), file("log.1", 1, "ab", 7)],
      ["log.1@1", "log@0"],
    ],
    [
      "reads all of what came and went in between, oldest first",
      [read(1, "a", 5)],
      [
        file("log", 4, "g", 9),
        file("log.1", 3, "ef", 8),
        file("log.2", 2, "cd", 7),
        file("log.3", 1, "ab", 6),
        file("log.4", 9, "old", 4),
      ],
      ["log.3@1", "log.2@0", "log.1@0", "log@0"],
    ],
    [
      "goes by number where the clock is too coarse",
      [read(1, "a", 5)],
      [file("log", 4, "g", 5), file("log.2", 3, "ef", 5), file("log.10", 2, "cd", 5)],
      ["log.10@0", "log.2@0", "log@0"],
    ],
    [
      "finds the unread rest in the copy",
      [read(1, "a", 5)],
      [file("log", 1, "cd", 9), file("log.1", 2, "ab", 8)],
      ["log.1@1", "log@0"],
    ],
    [
      "finds it through several copies",
      [read(1, "a", 5)],
      [file("log", 1, "x", 9), file("log.1", 3, "cd", 8), file("log.2", 2, "ab", 7)],
      ["log.2@1", "log.1@0", "log@0"],
    ],
    [
      "takes a truncated file from its beginning",
      [read(1, "abc", 5)],
      [file("log", 1, "ab", 9)],
      ["log@0"],
    ],
    [
      "sees a truncation after which the file grew longer than before",
      [read(1, "abc", 5)],
      [file("log", 1, "12345", 9)],
      ["log@0"],
    ],
    [
      "takes an inode that was used again for the new file it is",
      [read(1, "abc", 5)],
      [file("log", 2, "new", 9), file("log.1", 1, "other", 8)],
      ["log.1@0", "log@0"],
    ],
    [
      "leaves alone what is older than what was read",
      [read(1, "a", 5)],
      [file("log", 2, "c", 9), file("log.1", 8, "old", 4)],
      ["log@0"],
    ],
    [
      "does not read a copy that is being made of what is held",
      [held(1, "abcdef", 5)],
      [file("log", 1, "abcdefg", 9), file("log.1", 2, "abc", 9)],
      ["held 1"],
    ],
    [
      "keeps what is held though it was deleted",
      [held(1, "a", 5)],
      [file("log", 2, "c", 9)],
      ["held 1", "log@0"],
    ],
    [
      "puts what was copied away before the first read of a file before it",
      [read(7, "old", 4), held(1, "", 5)],
      [file("log", 1, "cd", 9), file("log.1", 2, "ab", 8), file("log.2", 7, "old", 4)],
      ["log.2@3", "log.1@0", "held 1"],
    ],
    [
      "puts a file that was met empty where it belongs",
      [held(1, "a", 5), held(2, "", 6)],
      [
        file("log", 4, "g", 9),
        file("log.1", 3, "e", 8),
        file("log.2", 2, "c", 7),
        file("log.3", 1, "a", 5),
      ],
      ["held 1", "held 2", "log.1@0", "log@0"],
    ],
    [
      "does not read again what an editor saved as a new file",
      [held(1, long, 5)],
      [file("log", 2, `${long}more`, 9)],
      ["held 1", `log@${long.length}`],
    ],
    ["starts anew where nothing is left", [read(1, "a", 5)], [file("log", 2, "c", 9)], ["log@0"]],
    ["has nothing where nothing is there", [read(1, "a", 5)], [], []],
  ])("%s", (_, known, found, expected) => {
    const steps = lineage(known, found).map((step) =>
      step.kind === "keep"
        ? `held ${step.known.mark.ino}`
        : `${step.candidate.path}@${step.known?.mark.offset ?? 0}`,
    );
    expect(steps).toEqual(expected);
  });
});
