import type { Server, Socket } from "node:net";
import { z } from "zod";
import { maxRequestBytes, type Notice, type Reply, Request } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { lineCutter } from "./request-lines.ts";

/** What one peer may take up. The defaults suit the daemon and a few people at the command line. */
export interface Limits {
  readonly maxConnections: number;
  /** A line that has begun has to end within this time. */
  readonly lineMilliseconds: number;
  /** Requests of one connection that are being answered; beyond that its lines wait in the kernel. */
  readonly maxUnanswered: number;
}

const defaultLimits: Limits = { maxConnections: 16, lineMilliseconds: 5000, maxUnanswered: 4096 };

/** The number of a reply to something that had no number. */
const noRequest = -1;

/**
 * Reads requests, one JSON object a line, and writes a reply line for each, in the order they are ready. What is not exactly a request
 * gets one refusal and the end of its connection; nothing that comes in can end the process. Returns what tells something to
 * everybody who is connected and listens.
 */
export function serve(
  server: Server,
  handle: (request: Request) => Promise<Reply>,
  log: Log,
  limits: Limits = defaultLimits,
): (notice: Notice) => void {
  const connected = new Set<Socket>();
  server.maxConnections = limits.maxConnections;
  server.on("drop", () =>
    log.warn(`more than ${limits.maxConnections} connections, one was closed`),
  );
  server.on("connection", (socket) => {
    connected.add(socket);
    socket.on("close", () => connected.delete(socket));
    new Conversation(socket, handle, log, limits).begin();
  });
  return (notice) => {
    const text = lineOf(notice);
    // Who does not read what he is sent gets no more of it: nothing is lost but an early word.
    for (const one of connected) if (one.writable && !one.writableNeedDrain) one.write(text);
  };
}

/** One connection and what is under way on it. */
class Conversation {
  readonly #socket: Socket;
  readonly #handle: (request: Request) => Promise<Reply>;
  readonly #log: Log;
  readonly #limits: Limits;
  readonly #lines = lineCutter(maxRequestBytes);
  #unanswered = 0;
  #slow: NodeJS.Timeout | undefined;
  #isRefused = false;

  constructor(
    socket: Socket,
    handle: (request: Request) => Promise<Reply>,
    log: Log,
    limits: Limits,
  ) {
    this.#socket = socket;
    this.#handle = handle;
    this.#log = log;
    this.#limits = limits;
  }

  begin(): void {
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.on("drain", () => this.#socket.resume());
    this.#socket.on("close", () => clearTimeout(this.#slow));
    // A peer that goes away is no event.
    this.#socket.on("error", () => undefined);
  }

  #take(chunk: Buffer): void {
    if (this.#isRefused) return;
    const lines = this.#lines.cut(chunk) ?? [undefined];
    for (const line of lines) {
      const read = line === undefined ? tooLong : readRequest(line);
      if (!read.ok) {
        this.#refuse(read.reason);
        return;
      }
      void this.#reply(read.request);
    }
    this.#watch(lines.length > 0);
  }

  async #reply(request: Request): Promise<void> {
    this.#unanswered += 1;
    const text = lineOf(await this.#handle(request));
    this.#unanswered -= 1;
    if (this.#socket.writable) this.#socket.write(text);
    if (!this.#isBusy()) this.#socket.resume();
  }

  /** One more byte of the same line wins no time; but who is not listened to is not slow. */
  #watch(isNewLine: boolean): void {
    const isBusy = this.#isBusy();
    if (isBusy) this.#socket.pause();
    if (isBusy || isNewLine) {
      clearTimeout(this.#slow);
      this.#slow = undefined;
    }
    if (isBusy || !this.#lines.isWaiting()) return;
    this.#slow ??= setTimeout(() => this.#refuse(tooSlow), this.#limits.lineMilliseconds);
  }

  #isBusy(): boolean {
    return this.#unanswered >= this.#limits.maxUnanswered || this.#socket.writableNeedDrain;
  }

  #refuse(reason: string): void {
    this.#isRefused = true;
    this.#log.warn(`a request was refused and its connection closed: ${reason}`);
    clearTimeout(this.#slow);
    if (this.#socket.writable) this.#socket.end(lineOf({ request: noRequest, ok: false, reason }));
    // Whoever does not read the refusal is cut off.
    setTimeout(() => this.#socket.destroy(), this.#limits.lineMilliseconds).unref();
  }
}

const tooSlow = "its line took too long";

type Read =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly reason: string };

const tooLong: Read = { ok: false, reason: `a request is longer than ${maxRequestBytes} bytes` };

function readRequest(line: string): Read {
  try {
    return { ok: true, request: Request.parse(JSON.parse(line)) };
  } catch (error) {
    const reason = error instanceof z.ZodError ? firstIssue(error) : reasonOf(error);
    return { ok: false, reason: `not a request: ${reason.slice(0, 200)}` };
  }
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return issue ? `${issue.path.join(".")}: ${issue.message}` : "it has the wrong shape";
}

function lineOf(word: Reply | Notice): string {
  return `${JSON.stringify(word)}\n`;
}
