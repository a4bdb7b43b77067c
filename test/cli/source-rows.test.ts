import { expect, test } from "vitest";
import { sourceRows } from "../../src/bin/commands/source-rows.ts";

const source = (name: string, more: Partial<Parameters<typeof sourceRows>[0][number]> = {}) =>
  ({ name, state: "following", lines: 0, cut: 0, ...more }) as const;

test("a row for each log that is there or was, and few for what is not installed", () => {
  const absent = ["/a/*", "/b/*", "/c/*", "/d\u001b/*"].map((name) =>
    source(name, { state: "waiting", problem: `no file is there that "${name}" means` }),
  );
  const sources = [
    ...absent,
    source("/x", { lines: 5, lastAt: 9000 }),
    source("/y", { state: "failed", problem: "cannot read it" }),
    source("/z", { state: "waiting", lines: 1, lastAt: 0, problem: "it does not exist" }),
  ];
  expect(sourceRows(sources, 10_000)).toEqual([
    ["/x", "following, 5 lines, last 1 s ago"],
    ["/y", "failed (see below), 0 lines"],
    ["/z", "waiting (it does not exist), 1 lines, last 10 s ago"],
    ["waiting for", "/a/*, /b/*, /c/*"],
    ["", "/d\\x1b/*"],
  ]);
});

test("nothing of them where all are there", () => {
  expect(sourceRows([source("/x")], 0)).toEqual([["/x", "following, 0 lines"]]);
});
