import type { Socket } from "node:net";
import { maxRequestBytes, type Notice, type Reply, type Request } from "../core/block.ts";
import type { Log } from "../core/log.ts";
import { readRequest, tooLong } from "./read-request.ts";
import { lineCutter } from "./request-lines.ts";

/** What one peer may take up. The defaults suit the daemon and a few people at the command line. */
export interface Limits {
  readonly maxConnections: number;
  /** A line that has begun has to end within this time. */
  readonly lineMilliseconds: number;
  /** Whoever does not read his replies for so long is cut off. */
  readonly drainMilliseconds: number;
  /** Requests of one connection that are being answered; beyond that its lines wait, here at first and then in the kernel. */
  readonly maxUnanswered: number;
}

/** The number of a reply to something that had no number. */
const noRequest = -1;

/** A reply with more blocks goes out in parts, so that nobody can make us hold much of what he does not read. */
const mostBlocksOfPart = 500;

/** One connection and what is under way on it. */
export class Conversation {
  readonly #socket: Socket;
  readonly #handle: (request: Request) => Promise<Reply>;
  readonly #log: Log;
  readonly #limits: Limits;
  readonly #cutter = lineCutter(maxRequestBytes);
  /** Lines that nobody has looked at; undefined for one that is too long. */
  #lines: (string | undefined)[] = [];
  #unanswered = 0;
  /** Whether something is under way that costs more than one block does. */
  #isAlone = false;
  #slow: NodeJS.Timeout | undefined;
  #stuck: NodeJS.Timeout | undefined;
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
    this.#socket.on("drain", () => {
      clearTimeout(this.#stuck);
      this.#stuck = undefined;
      this.#goOn();
    });
    this.#socket.on("close", () => {
      clearTimeout(this.#slow);
      clearTimeout(this.#stuck);
      this.#lines = [];
    });
    // A peer that goes away is no event.
    this.#socket.on("error", () => undefined);
  }

  #take(chunk: Buffer): void {
    if (this.#isRefused) return;
    const lines = this.#cutter.cut(chunk) ?? [undefined];
    this.#lines.push(...lines);
    if (lines.length > 0) this.#endSlow();
    this.#goOn();
  }

  /** Begins with as many of the lines as may be under way at once. */
  #goOn(): void {
    let taken = 0;
    while (taken < this.#lines.length && !this.#isBusy() && !this.#isRefused) {
      const line = this.#lines[taken];
      taken += 1;
      const read = line === undefined ? tooLong : readRequest(line);
      if (read.ok) void this.#reply(read.request);
      else this.#refuse(read.reason);
    }
    this.#lines.splice(0, taken);
    this.#watch();
  }

  async #reply(request: Request): Promise<void> {
    const isAlone = !isSmall(request);
    this.#unanswered += 1;
    this.#isAlone ||= isAlone;
    for (const part of partsOf(await this.#handle(request))) {
      if (!this.#socket.writable) break;
      if (!this.#write(part) && isAlone) await this.#drained();
    }
    this.#unanswered -= 1;
    if (isAlone) this.#isAlone = false;
    this.#goOn();
  }

  /** Returns whether there is room for more. */
  #write(word: Reply): boolean {
    const hasRoom = this.#socket.write(lineOf(word));
    if (!hasRoom) this.#stuck ??= setTimeout(() => this.#cut(), this.#limits.drainMilliseconds);
    return hasRoom;
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.#socket.off("drain", end).off("close", end);
        resolve();
      };
      this.#socket.on("drain", end).on("close", end);
    });
  }

  #cut(): void {
    this.#log.warn("somebody does not read his replies, his connection was closed");
    this.#socket.destroy();
  }

  /** One more byte of the same line wins no time; but who is not listened to is not slow. */
  #watch(): void {
    if (this.#isRefused) return;
    if (this.#isBusy()) {
      this.#socket.pause();
      this.#endSlow();
      return;
    }
    this.#socket.resume();
    if (!this.#cutter.isWaiting()) return;
    this.#slow ??= setTimeout(() => this.#refuse(tooSlow), this.#limits.lineMilliseconds);
  }

  #endSlow(): void {
    clearTimeout(this.#slow);
    this.#slow = undefined;
  }

  #isBusy(): boolean {
    const isFull = this.#unanswered >= this.#limits.maxUnanswered;
    return isFull || this.#isAlone || this.#socket.writableNeedDrain;
  }

  #refuse(reason: string): void {
    this.#isRefused = true;
    this.#lines = [];
    this.#log.warn(`a request was refused and its connection closed: ${reason}`);
    clearTimeout(this.#slow);
    if (this.#socket.writable) this.#socket.end(lineOf({ request: noRequest, ok: false, reason }));
    // Whoever does not read the refusal is cut off.
    setTimeout(() => this.#socket.destroy(), this.#limits.lineMilliseconds).unref();
  }
}

const tooSlow = "its line took too long";

/** Thousands of blocks come at once; all else is rare and may cost as much as all blocks there are. */
function isSmall({ verb }: Request): boolean {
  return verb === "block" || verb === "ban" || verb === "unblock";
}

/** All but the last say that there is more. */
function* partsOf(reply: Reply): Generator<Reply> {
  if (!reply.ok || reply.blocks.length <= mostBlocksOfPart) {
    yield reply;
    return;
  }
  const { request, blocks } = reply;
  const last = Math.floor((blocks.length - 1) / mostBlocksOfPart) * mostBlocksOfPart;
  for (let from = 0; from < last; from += mostBlocksOfPart)
    yield { request, ok: true, blocks: blocks.slice(from, from + mostBlocksOfPart), more: true };
  yield { ...reply, blocks: blocks.slice(last) };
}

/** What goes over the socket. */
export function lineOf(word: Reply | Notice): string {
  return `${JSON.stringify(word)}\n`;
}
