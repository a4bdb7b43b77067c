import { connect, type Socket } from "node:net";
import type { Block, Notice, Reply, Request } from "../core/block.ts";
import { Failure } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { readWord, replyReader } from "./client-replies.ts";

/** A request as callers make it. Its number, where it has one, comes back in the reply; on the wire it gets another. */
type Question = Request extends infer One
  ? One extends Request
    ? Omit<One, "request"> & { readonly request?: number }
    : never
  : never;

/** The responder as others see it. */
export interface Responder {
  /**
   * Resolves to the reply. While the responder is away a block waits until its time would be over, or until too many
   * newer requests wait, and is then answered by a refusal. All else rejects with a Failure (exit 69) after
   * `withinMilliseconds`, 3 seconds unless told.
   */
  ask(question: Question, withinMilliseconds?: number): Promise<Reply>;
  health(): ResponderHealth;
  /** Ends the connection; whatever waits is answered by a refusal. */
  close(): void;
}

interface ResponderHealth {
  readonly connected: boolean;
  readonly waiting: number;
  /** Requests that were given up because too many waited. */
  readonly dropped: number;
}

/** Requests that wait for an answer, the oldest are dropped beyond. */
const maxWaiting = 25_000;
const retryMilliseconds = { first: 50, most: 400 } as const;
const defaultDeadlineMilliseconds = 3000;
/** A timer that is set for longer goes off at once. */
const longestTimer = 2_147_483_647;

/**
 * Connects at once, keeps one connection and makes a new one whenever it breaks; unanswered requests are sent again. `hear` is
 * told what the responder says without being asked.
 */
export function connectResponder(
  socketPath: string,
  log: Log,
  hear: (notice: Notice) => void = () => {},
): Responder {
  return new Connection(socketPath, log, hear);
}

interface Waiting {
  readonly question: Question;
  /** By the monotonic clock, in milliseconds. */
  readonly askedAt: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (failure: Failure) => void;
  /** What of a long reply is here already. */
  blocks: Block[];
}

class Connection implements Responder {
  readonly #path: string;
  readonly #log: Log;
  readonly #hear: (notice: Notice) => void;
  readonly #waiting = new Map<number, Waiting>();
  #socket: Socket | undefined;
  #isConnected = false;
  #isClosed = false;
  #isMissed = false;
  #retry: NodeJS.Timeout | undefined;
  #pause: number = retryMilliseconds.first;
  #lastNumber = 0;
  #dropped = 0;
  #mayNot = false;
  #problem = "it did not answer in time";

  constructor(path: string, log: Log, hear: (notice: Notice) => void) {
    this.#path = path;
    this.#log = log;
    this.#hear = hear;
    this.#connect();
  }

  ask(question: Question, withinMilliseconds?: number): Promise<Reply> {
    if (this.#isClosed) return Promise.resolve(refusal(question, "the connection was closed"));
    if (this.#waiting.size >= maxWaiting) this.#dropOldest();
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#tooLate(number), patience(question, withinMilliseconds));
      const askedAt = performance.now();
      const waiting = { question, askedAt, timer, resolve, reject, blocks: [] };
      this.#waiting.set(number, waiting);
      if (this.#isConnected) this.#send(number, waiting);
    });
  }

  health(): ResponderHealth {
    return {
      connected: this.#isConnected,
      waiting: this.#waiting.size,
      dropped: this.#dropped,
    };
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#socket?.destroy();
    this.#refuseAll("the connection was closed");
  }

  #connect(): void {
    const socket = connect(this.#path);
    this.#socket = socket;
    const take = replyReader((text) => this.#read(text));
    socket.on("connect", () => this.#arrived());
    socket.on("data", take);
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#problem = error.message;
      this.#mayNot = error.code === "EACCES";
    });
    socket.on("close", () => this.#lost());
  }

  #arrived(): void {
    this.#isConnected = true;
    this.#pause = retryMilliseconds.first;
    if (this.#isMissed)
      this.#log.info(`the responder is back, ${this.#waiting.size} requests wait`);
    this.#isMissed = false;
    for (const [number, waiting] of this.#waiting) this.#send(number, waiting);
  }

  #lost(): void {
    if (this.#isConnected) this.#problem = "it ended the connection";
    this.#isConnected = false;
    if (this.#isClosed) return;
    if (this.#mayNot) this.#giveUpQuestions();
    if (!this.#isMissed) this.#log.warn(`the responder is away: ${this.#problem}, trying again`);
    this.#isMissed = true;
    this.#retry = setTimeout(() => this.#connect(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, retryMilliseconds.most);
  }

  #send(number: number, waiting: Waiting): void {
    const { question, askedAt } = waiting;
    waiting.blocks = [];
    this.#socket?.write(`${JSON.stringify(onWire(question, number, askedAt))}\n`);
  }

  #read(text: string): void {
    const word = readWord(text);
    if (word && "lifted" in word) this.#hear(word);
    else this.#answered(word, text);
  }

  #answered(reply: Reply | undefined, text: string): void {
    if (!reply) {
      this.#log.error(`the responder's answer cannot be read: ${text.slice(0, 200)}`);
      this.#socket?.destroy();
      return;
    }
    // A refusal without a number means that the responder does not understand us; asking again would not help.
    if (!reply.ok && reply.request < 0) this.#refuseAll(reply.reason);
    if (reply.ok && reply.more) this.#keep(reply.request, reply.blocks);
    else this.#resolve(reply);
  }

  /** Each part has the whole patience. */
  #keep(number: number, blocks: readonly Block[]): void {
    const waiting = this.#waiting.get(number);
    waiting?.blocks.push(...blocks);
    waiting?.timer.refresh();
  }

  #resolve(reply: Reply): void {
    const waiting = this.#take(reply.request);
    if (!waiting) return;
    const request = waiting.question.request ?? reply.request;
    const whole = reply.ok ? { blocks: waiting.blocks.concat(reply.blocks) } : {};
    waiting.resolve({ ...reply, ...whole, request });
  }

  #tooLate(number: number): void {
    const waiting = this.#take(number);
    if (!waiting) return;
    const { question, resolve, reject } = waiting;
    if (question.verb === "block") {
      resolve(refusal(question, `the responder was away too long: ${this.#problem}`));
    } else reject(unreachable(this.#path, this.#problem));
  }

  /** Somebody who may not open the socket need not wait for the deadline to hear it. */
  #giveUpQuestions(): void {
    for (const [number, { question }] of this.#waiting) {
      if (question.verb !== "block") this.#tooLate(number);
    }
  }

  #dropOldest(): void {
    const [oldest] = this.#waiting.keys();
    const waiting = oldest === undefined ? undefined : this.#take(oldest);
    this.#dropped += 1;
    waiting?.resolve(refusal(waiting.question, "too many requests wait for the responder"));
  }

  #refuseAll(reason: string): void {
    for (const [number, { question, resolve }] of this.#waiting) {
      this.#take(number);
      resolve(refusal(question, reason));
    }
  }

  #take(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(number);
    return waiting;
  }
}

function patience(question: Question, withinMilliseconds: number | undefined): number {
  if (withinMilliseconds !== undefined) return withinMilliseconds;
  if (question.verb !== "block") return defaultDeadlineMilliseconds;
  return Math.min(question.seconds * 1000, longestTimer);
}

/** A block that had to wait ends when it would have ended without the wait. */
function onWire(question: Question, request: number, askedAt: number): Question {
  const numbered = { ...question, request };
  if (numbered.verb !== "block") return numbered;
  const waited = Math.floor((performance.now() - askedAt) / 1000);
  return { ...numbered, seconds: Math.max(1, numbered.seconds - waited) };
}

function unreachable(path: string, problem: string): Failure {
  const hint = "see what it does: stockade status; only root and the group stockade may ask it";
  return new Failure(`cannot reach the responder on "${path}": ${problem}`, { exitCode: 69, hint });
}

function refusal(question: Question, reason: string): Reply {
  return { request: question.request ?? -1, ok: false, reason };
}
