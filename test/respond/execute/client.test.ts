import { mkdtempSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectExecutor } from "../../../src/respond/client-execute.ts";
import { anOrder } from "./bench.ts";

const patience = {
  mostAtOnce: 8,
  mostWaiting: 1000,
  awayMilliseconds: 10_000,
  againMilliseconds: 600,
  answerMilliseconds: 5000,
};
let server: Server | undefined;
afterEach(() => void server?.close());

/** An executor that takes orders and says this to each; nothing, where it dies of them. */
async function open(answerTo: (count: number) => string) {
  const path = join(mkdtempSync(join(tmpdir(), "execute-")), "s.sock");
  const seconds: number[] = [];
  server = createServer((socket) =>
    socket.once("data", (chunk) => {
      seconds.push(JSON.parse(String(chunk)).seconds);
      socket.end(answerTo(seconds.length));
    }),
  );
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return { executor: connectExecutor(path, patience), seconds };
}
const done = '{"ok":true,"done":["page"]}\n';

test("what lasts is sent again, shorter by the time it had to wait", async () => {
  const { executor, seconds } = await open((count) => (count < 3 ? "" : done));
  expect(await executor.order({ ...anOrder, seconds: 60 })).toEqual({ ok: true, done: ["page"] });
  const [first, second = 60] = seconds;
  expect(first).toBe(60);
  expect(second).toBeLessThan(60);
  expect(seconds).toHaveLength(3);
});

test("what has no end is not sent again: it may have been done", async () => {
  const { executor, seconds } = await open(() => "");
  const answer = await executor.order({ ...anOrder, seconds: 0 });
  expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining("nobody knows") });
  expect(seconds).toEqual([0]);
});

test("nor is what would be over by then: it may have been done and undone", async () => {
  const { executor, seconds } = await open(() => "");
  const answer = await executor.order({ ...anOrder, seconds: 2 });
  expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining("nobody knows") });
  expect(Math.min(...seconds)).toBe(1);
});

test("an answer of another shape is a failure", async () => {
  const { executor } = await open(() => '{"ok":"yes"}\n');
  expect(await executor.order(anOrder)).toEqual({ ok: false, reason: "the answer cannot be read" });
});
