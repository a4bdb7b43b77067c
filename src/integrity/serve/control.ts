import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { createInterface } from "node:readline";
import { Failure, reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";
import { type AnswerLine, Request } from "./request.ts";

/** Answers one request: gives its rows one after the other, and facts at the end. A `Failure` is told to who asked. */
export type Answer = (
  request: Request,
) => AsyncGenerator<unknown, Readonly<Record<string, unknown>>>;

const mostBytes = 1 << 20;

/**
 * Takes requests of root, one JSON object a line, one at a time; see `Request`. Nothing that comes in ends the process. A server
 * with `allowHalfOpen` also answers who has said his last word.
 */
export function serveControl(server: Server, answer: Answer, log: Log): void {
  server.maxConnections = 8;
  server.on("connection", (socket) => {
    socket.on("error", () => socket.destroy());
    converse(socket, answer).catch((fault: unknown) => {
      log.error(`a request could not be answered: ${reasonOf(fault)}`);
      socket.destroy();
    });
  });
}

async function converse(socket: Socket, answer: Answer): Promise<void> {
  const lines = createInterface({ input: socket });
  lines.on("error", () => {});
  socket.once("close", () => lines.close());
  let seen = 0;
  socket.on("data", ({ length }) => {
    seen += length;
    if (seen > mostBytes) socket.destroy();
  });
  for await (const line of lines) {
    await reply(socket, line, answer);
    seen = 0;
  }
  socket.end();
}

async function reply(socket: Socket, line: string, answer: Answer): Promise<void> {
  try {
    const rows = answer(read(line));
    for (;;) {
      const { done, value } = await rows.next();
      if (done) return await write(socket, { ok: true, facts: value });
      await write(socket, { row: value });
      if (!socket.writable) return;
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await write(socket, { ok: false, problem: error.message, hint: error.hint });
  }
}

function read(line: string): Request {
  let given: unknown;
  try {
    given = JSON.parse(line);
  } catch {
    throw new Failure("the request is no JSON");
  }
  const { data, error } = Request.safeParse(given);
  if (error) {
    const [issue] = error.issues;
    throw new Failure(`the request is wrong: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  return data;
}

/** Who does not read holds up only himself. */
async function write(socket: Socket, line: AnswerLine): Promise<void> {
  if (!socket.writable) return;
  if (socket.write(`${JSON.stringify(line)}\n`)) return;
  const heard = new AbortController();
  const { signal } = heard;
  const either = [once(socket, "drain", { signal }), once(socket, "close", { signal })];
  // The other one would listen on, once for each line.
  await Promise.race(either).finally(() => heard.abort());
}
