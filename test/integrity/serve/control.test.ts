import { mkdtempSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { Failure } from "../../../src/core/failure.ts";
import { serveControl } from "../../../src/integrity/serve/control.ts";
import type { Request } from "../../../src/integrity/serve/request.ts";

const log = { info() {}, warn() {}, error() {} };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

test("rows come one after the other, then how it ended", async () => {
  const said = await ask('{"verb":"history","path":"/etc/passwd"}\n');
  expect(said).toEqual([
    { row: { path: "/etc/passwd", n: 1 } },
    { row: { path: "/etc/passwd", n: 2 } },
    { ok: true, facts: { rows: 2 } },
  ]);
});

test("two requests on one connection are answered in turn", async () => {
  const said = await ask('{"verb":"resume"}\n{"verb":"verify"}\n');
  expect(said).toEqual([
    { ok: true, facts: { verb: "resume" } },
    { ok: true, facts: { verb: "verify" } },
  ]);
});

test.each([
  ["no JSON", "hello\n", "the request is no JSON"],
  ["no verb of ours", '{"verb":"format"}\n', "the request is wrong: verb"],
  ["a path that is not absolute", '{"verb":"history","path":"x"}\n', "the request is wrong: path"],
  ["an answer that failed", '{"verb":"scan","full":false}\n', "a scan is under way"],
])("%s is told to who asked", async (_, request, problem) => {
  const [said] = await ask(request);
  expect(said).toMatchObject({ ok: false });
  expect(JSON.stringify(said)).toContain(problem);
});

test("a request without end is cut off", async () => {
  expect(await ask(`{"verb":"${"x".repeat(2 << 20)}`)).toEqual([]);
});

test("a long answer leaves nothing behind that listens on", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  expect(await ask('{"verb":"history","path":"/long"}\n')).toHaveLength(41);
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

async function ask(request: string): Promise<unknown[]> {
  const path = join(mkdtempSync(join(tmpdir(), "control-")), "sock");
  const server = createServer({ allowHalfOpen: true });
  servers.push(server);
  serveControl(server, answer, log);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const socket = connect({ path });
  socket.on("error", () => {});
  socket.end(request);
  const said = await text(socket).catch(() => "");
  return said
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

async function* answer(request: Request) {
  if (request.verb === "scan") throw new Failure("a scan is under way");
  if (request.verb !== "history") return { verb: request.verb };
  if (request.path === "/long") {
    for (let n = 0; n < 40; n++) yield "x".repeat(1 << 20);
    return { rows: 40 };
  }
  yield { path: request.path, n: 1 };
  yield { path: request.path, n: 2 };
  return { rows: 2 };
}
