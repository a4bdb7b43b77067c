import { hash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Baseline } from "../../../src/integrity/baseline/baseline.ts";
import { verifyExport } from "../../../src/integrity/baseline/export.ts";
import { openBaseline } from "../../../src/integrity/baseline/open.ts";
import { memoryLog } from "../../respond/machine.ts";
import { entry, finding, judged, modified } from "../made.ts";

let folder: string;
let baseline: Baseline;
let now = 1000;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stockade-baseline-"));
  now = 1000;
  open();
});
afterEach(() => {
  baseline.close();
  rmSync(folder, { recursive: true });
});

function open(): void {
  baseline = openBaseline(folder, { log: memoryLog(), clock: () => now });
}

function reopen(meanwhile: () => void = () => {}): void {
  baseline.close();
  meanwhile();
  open();
}

function sql(statement: string): () => void {
  return () => {
    const db = new DatabaseSync(join(folder, "baseline.db"));
    db.exec(statement);
    db.close();
  };
}

const old = entry("/etc/a");
const other = entry("/etc/a", { sha256: "bb", size: 4 });
/** Cannot be written as JSON. */
const broken = { ...finding("x"), text: 1n as unknown as string };
const third = entry("/etc/a", { sha256: "cc", size: 5 });

describe("what is expected", () => {
  test("an entry comes back as it went in", () => {
    const all = [
      entry("/etc/caf\xe9\n'\"\u0001\u0002", { mode: 0o4755 }),
      entry("/etc/link", { kind: "link", target: "\xff\n", sha256: undefined }),
      entry("/etc/x", { attributes: { "security.capability": "0x01" } }),
    ];
    baseline.learn(all);
    reopen();
    expect(all.map(({ path }) => baseline.get(path))).toEqual(all);
    expect(baseline.get("/etc/none")).toBeUndefined();
    expect(baseline.count).toBe(3);
  });

  test("pages come in the order of a walk, whatever the names are", () => {
    const paths = [
      "/",
      "/a",
      "/a/\u0002",
      "/a/\u0001",
      "/a/\u0003",
      "/a/b",
      "/a-b",
      "/a.c",
      "/b",
      "/\xff",
    ];
    baseline.learn([...paths].reverse().map((path) => entry(path)));
    const first = baseline.after(undefined, 4);
    const rest = baseline.after(first.at(-1)?.path, 100);
    expect([...first, ...rest].map(({ path }) => path)).toEqual(paths);
    expect(baseline.within("/a", undefined, 100).map(({ path }) => path)).toEqual(
      paths.slice(2, 6),
    );
    expect(baseline.within("/a", "/a/\u0003", 100).map(({ path }) => path)).toEqual(["/a/b"]);
  });

  test("nobody but us may read it", () => {
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o077);
    expect(new Set(modes)).toEqual(new Set([0]));
  });
});

describe("what changed", () => {
  test("a change, its history and its finding are taken together", () => {
    baseline.learn([old]);
    baseline.take([judged(modified(old, other), "differs")], [finding("one"), finding("two")]);
    reopen();
    expect(baseline.get(old.path)).toEqual(other);
    expect(baseline.history(old.path)).toEqual([
      {
        at: 1000,
        change: modified(old, other),
        verdict: "differs",
        package: undefined,
        transaction: undefined,
        reason: "a test says so",
      },
    ]);
    expect(baseline.waiting(1).map(({ finding: { text } }) => text)).toEqual(["one"]);
    const [first, second] = baseline.waiting(10);
    baseline.dealtWith(first?.id ?? 0);
    expect(baseline.waiting(10)).toEqual([second]);
  });

  test("an id of a finding is never used again", () => {
    baseline.take([], [finding("one")]);
    const last = baseline.waiting(1)[0]?.id ?? 0;
    baseline.dealtWith(last);
    reopen();
    baseline.take([], [finding("two")]);
    expect(baseline.waiting(1)[0]?.id).toBeGreaterThan(last);
  });

  test("it is outstanding against the state that was accepted, until it is accepted", () => {
    baseline.learn([old]);
    baseline.take([judged(modified(old, other), "differs")], []);
    now = 2000;
    baseline.take([judged(modified(other, third), "differs")], []);
    expect(baseline.outstanding()).toMatchObject([
      { path: "/etc/a", accepted: old, now: third, since: 1000, last: 2000, changes: 2 },
    ]);
    expect(baseline.accept(["/etc"])).toBe(1);
    expect(baseline.outstanding()).toEqual([]);
    expect(baseline.get(old.path)).toEqual(third);
  });

  test("a file that is back to what it was is not outstanding any more", () => {
    baseline.learn([old]);
    baseline.take([judged(modified(old, other))], []);
    baseline.take([judged(modified(other, { ...old, inode: 99, mtime: 5 }))], []);
    expect(baseline.outstanding()).toEqual([]);
  });

  test("nobody has to accept what a package explains; what it caused is accepted by its transaction", () => {
    const made = entry("/etc/b");
    baseline.learn([old]);
    baseline.take([judged(modified(old, other), "explained", "t1")], []);
    expect(baseline.outstanding()).toEqual([]);
    const added = { action: "added", before: undefined, after: made } as const;
    baseline.take(
      [judged(added, "tools", "t2"), judged(modified(other, third), "tools", "t3")],
      [],
    );
    expect(baseline.acceptTransaction("t2")).toBe(1);
    expect(baseline.outstanding().map(({ path }) => path)).toEqual(["/etc/a"]);
  });

  test("a file that came and went is not outstanding", () => {
    const made = entry("/etc/b");
    baseline.take([judged({ action: "added", before: undefined, after: made })], []);
    baseline.take([judged({ action: "deleted", before: made, after: undefined })], []);
    expect(baseline.outstanding()).toEqual([]);
    expect(baseline.history("/etc/b")).toHaveLength(2);
  });

  test("what is outstanding and what waits is counted", () => {
    expect(baseline.counts()).toEqual({ outstanding: 0, waiting: 0 });
    baseline.learn([old]);
    baseline.take([judged(modified(old, other))], [finding("one"), finding("two")]);
    expect(baseline.counts()).toEqual({ outstanding: 1, waiting: 2 });
  });

  test("what cannot be taken as a whole is not taken at all", async () => {
    baseline.learn([old]);
    expect(() => baseline.take([judged(modified(old, other))], [broken])).toThrow();
    expect(baseline.get(old.path)).toEqual(old);
    expect(baseline.history(old.path)).toEqual([]);
    expect((await baseline.verify()).isGenuine).toBe(true);
  });
});

test("the past of all files, by transaction and by time, the newest first", () => {
  const wanted = { transaction: undefined, since: undefined };
  const paths = (more = {}, limit = 10) =>
    baseline.changes({ ...wanted, ...more }, limit).map(({ change }) => change.after?.path);
  for (const [path, by] of [
    ["/etc/a", "t1"],
    ["/etc/b", "t2"],
    ["/etc/c", "t1"],
  ] as const) {
    now += 1000;
    baseline.take(
      [judged({ action: "added", before: undefined, after: entry(path) }, "explained", by)],
      [],
    );
  }
  expect(paths()).toEqual(["/etc/c", "/etc/b", "/etc/a"]);
  expect(paths({ transaction: "t1" })).toEqual(["/etc/c", "/etc/a"]);
  expect(paths({ since: now - 1000 })).toEqual(["/etc/c", "/etc/b"]);
  expect(paths({ transaction: "t1", since: now })).toEqual(["/etc/c"]);
  expect(paths({}, 2)).toEqual(["/etc/c", "/etc/b"]);
});

describe("texts", () => {
  const text = (content: string) => Buffer.from(content);
  const holding = (content: string) =>
    entry("/etc/a", { sha256: hash("sha256", content), size: content.length });
  const [one, two] = [holding("one\n"), holding("two\n")];

  test("the present one and the accepted one are kept", () => {
    baseline.learn([one], new Map([["/etc/a", text("one\n")]]));
    expect(Buffer.from(baseline.text("/etc/a") ?? []).toString()).toBe("one\n");
    baseline.take([judged(modified(one, two))], [], new Map([["/etc/a", text("two\n")]]));
    expect(Buffer.from(baseline.text("/etc/a") ?? []).toString()).toBe("two\n");
    expect(Buffer.from(baseline.acceptedText("/etc/a") ?? []).toString()).toBe("one\n");
    baseline.accept(["/etc/a"]);
    expect(baseline.acceptedText("/etc/a")).toBeUndefined();
  });

  test.each([
    ["was written by somebody else", `body = x'${deflateRawSync("forged\n").toString("hex")}'`],
    ["is another file's", "mark = (SELECT mark FROM texts WHERE key LIKE '%b')"],
  ])("a content that %s is never shown", (_, change) => {
    const others = ["/etc/a", "/etc/b"].map((path) => [path, text("one\n")] as const);
    baseline.learn([one, { ...one, path: "/etc/b" }], new Map(others));
    reopen(sql(`UPDATE texts SET ${change} WHERE key LIKE '%a'`));
    expect(baseline.text("/etc/a")).toBeUndefined();
    expect(baseline.text("/etc/b")).toBeDefined();
  });

  test("what is left of a content without its secrets is kept, until the content is another", () => {
    baseline.learn([one], new Map([["/etc/a", text("without secrets\n")]]));
    expect(String(baseline.text("/etc/a"))).toBe("without secrets\n");
    baseline.take([judged(modified(one, two))], []);
    expect(baseline.text("/etc/a")).toBeUndefined();
  });

  test("what is accepted as it is taken differs from nothing", () => {
    baseline.learn([one], new Map([["/etc/a", text("one\n")]]));
    baseline.take([judged(modified(one, two))], [], new Map([["/etc/a", text("two\n")]]), true);
    expect(baseline.outstandingOf("/etc/a")).toBeUndefined();
    expect(baseline.history("/etc/a")).toHaveLength(1);
    baseline.take([judged(modified(two, one))], [], new Map([["/etc/a", text("one\n")]]));
    expect(baseline.outstandingOf("/etc/a")).toMatchObject({ accepted: two, now: one });
    expect(Buffer.from(baseline.acceptedText("/etc/a") ?? []).toString()).toBe("two\n");
  });

  test("one that is too long is not kept", () => {
    const long = "x".repeat(256 * 1024 + 1);
    baseline.learn([holding(long)], new Map([["/etc/a", text(long)]]));
    expect(baseline.text("/etc/a")).toBeUndefined();
  });
});

describe("nobody else writes it", () => {
  beforeEach(() => {
    baseline.learn([old, entry("/etc/b"), entry("/etc/c")]);
    baseline.take([judged(modified(old, other), "differs")], [finding("one")]);
  });

  test("what we wrote is genuine", async () => {
    reopen();
    expect(await baseline.verify()).toEqual({
      isGenuine: true,
      rows: 6,
      generation: 2,
      problems: [],
    });
  });

  test.each([
    ["a row changed", "UPDATE entries SET sha256 = 'ee' WHERE key LIKE '%b'"],
    ["a row removed", "DELETE FROM entries WHERE key LIKE '%b'"],
    [
      "a row added",
      "INSERT INTO entries SELECT key || 'x', stamp, sha256, target, attributes, mark FROM entries LIMIT 1",
    ],
    [
      "two rows exchanged",
      "UPDATE entries SET mark = (SELECT mark FROM entries WHERE key LIKE '%c') WHERE key LIKE '%b'",
    ],
    ["something outstanding hidden", "DELETE FROM outstanding"],
    ["a finding hidden", "DELETE FROM outbox"],
    ["the past changed", "UPDATE history SET body = replace(body, 'differs', 'explained')"],
    ["the count changed", "UPDATE state SET rows = 5"],
    ["the signature gone", "DELETE FROM state"],
  ])("%s", async (_, statement) => {
    reopen(sql(statement));
    expect((await baseline.verify()).isGenuine).toBe(false);
    baseline.learn([entry("/etc/new")]);
    reopen();
    expect((await baseline.verify()).isGenuine).toBe(false);
  });

  test("a changed row is remembered when it is written over", async () => {
    reopen(sql("UPDATE entries SET sha256 = 'ee' WHERE key LIKE '%b'"));
    baseline.refresh([entry("/etc/b")]);
    reopen();
    expect((await baseline.verify()).problems).toEqual([
      'a row of "entries" was changed by somebody else',
    ]);
  });

  test("it is genuine as well while it is written to, which does not wait for the end", async () => {
    const several = Array.from({ length: 3000 }, (_, n) => entry(`/opt/${n}`));
    baseline.learn(several);
    const verifying = baseline.verify();
    let turns = 0;
    for (let isOver = false; !isOver; turns++) {
      const [one, two] = [several[turns * 7], several[2999 - turns * 5]];
      if (one && two) {
        const change = modified(one, { ...one, sha256: `${turns}` });
        baseline.take([judged(change)], [finding(`${turns}`)]);
        baseline.forget([two.path, "/etc/c"]);
        baseline.dealtWith(turns * 2);
        baseline.learn([entry(`/aaa/${turns}`), entry(`/zzz/${turns}`)]);
        expect(() => baseline.take([judged(change)], [broken])).toThrow();
      }
      const aTurn = new Promise((resolve) => setImmediate(resolve, "not yet"));
      isOver = (await Promise.race([verifying, aTurn])) !== "not yet";
    }
    expect(turns).toBeGreaterThan(6);
    expect((await verifying).problems).toEqual([]);
    expect((await baseline.verify()).problems).toEqual([]);
  });

  test("another key does not make it ours", async () => {
    reopen(() => rmSync(join(folder, "baseline.key")));
    expect((await baseline.verify()).isGenuine).toBe(false);
  });
});

describe("the list for another machine", () => {
  const exported = () => {
    const file = join(folder, "export");
    let text = "";
    baseline.export((chunk) => {
      text += chunk;
    });
    writeFileSync(file, text);
    return { file, text, key: readFileSync(join(folder, "baseline.pub"), "utf8") };
  };
  const check = (file: string, key: string) =>
    verifyExport(createInterface({ input: createReadStream(file) }), key);

  test("holds every entry and is signed", async () => {
    baseline.learn([old, entry("/etc/\xe9\n")]);
    const { file, text, key } = exported();
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.slice(1, -1).map(({ path }) => path)).toEqual(["/etc/a", "/etc/\xe9\n"]);
    expect(await check(file, key)).toBe(true);
  });

  test("tells any change", async () => {
    baseline.learn([old]);
    const { file, text, key } = exported();
    for (const changed of [
      text.replace('"aa"', '"bb"'),
      text.replace(/\n.*"\/etc\/a.*\n/, "\n"),
      `${text}{}\n`,
    ]) {
      expect(changed).not.toBe(text);
      writeFileSync(file, changed);
      expect(await check(file, key)).toBe(false);
    }
  });
});

describe("a file that cannot be used", () => {
  test.each([
    ["rubbish", Buffer.from("x".repeat(9000))],
    ["a hole in its middle", undefined],
  ])("%s is set aside, and a new one begins", async (_, content) => {
    baseline.learn(Array.from({ length: 500 }, (_, n) => entry(`/etc/${n}`)));
    reopen(() => {
      const file = join(folder, "baseline.db");
      const broken = content ?? Buffer.from(readFileSync(file)).fill(0x55, 8192, 40_000);
      writeFileSync(file, broken);
    });
    expect(baseline.setAside).toContain("baseline.db.damaged");
    expect(baseline.count).toBe(0);
    expect(existsSync(join(folder, "baseline.db.damaged"))).toBe(true);
    baseline.learn([old]);
    expect((await baseline.verify()).isGenuine).toBe(true);
  });
});
