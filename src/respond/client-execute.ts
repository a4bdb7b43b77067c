import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { atMost } from "../core/at-most.ts";
import { reasonOf } from "../core/failure.ts";
import { Answer, type Order } from "../core/order.ts";

/** The executor as others see it. */
export interface Executor {
  /** Resolves to the answer. Never rejects: an executor that is away is a refusal with the reason. */
  order(order: Order): Promise<Answer>;
}

interface Patience {
  readonly mostAtOnce: number;
  /** Orders beyond are refused. */
  readonly mostWaiting: number;
  /** For how long an executor that is away is tried again. */
  readonly awayMilliseconds: number;
  readonly againMilliseconds: number;
  /** A program has its time, and may have to wait for others. */
  readonly answerMilliseconds: number;
}

const usual: Patience = {
  mostAtOnce: 8,
  mostWaiting: 1000,
  awayMilliseconds: 15_000,
  againMilliseconds: 250,
  answerMilliseconds: 120_000,
};

/**
 * Makes a connection for each order and keeps none: whoever listens there may end when there is nothing to do. What was
 * sent and not answered is sent again where that cannot do it twice.
 */
export function connectExecutor(path: string, patience: Patience = usual): Executor {
  const places = atMost(patience.mostAtOnce);
  return {
    async order(order) {
      if (places.waiting() >= patience.mostWaiting) {
        return { ok: false, reason: `${patience.mostWaiting} commands wait to be run` };
      }
      return places.run(() => untilAnswered(order, path, patience));
    },
  };
}

async function untilAnswered(order: Order, path: string, patience: Patience): Promise<Answer> {
  const begin = performance.now();
  let wasSent = false;
  for (;;) {
    const waited = performance.now() - begin;
    const tried = await tryOnce(after(waited, order), path, patience.answerMilliseconds);
    if (tried.answer) return tried.answer;
    wasSent ||= tried.wasSent;
    await sleep(patience.againMilliseconds);
    const passed = performance.now() - begin;
    if (wasSent && !mayRepeat(order, passed)) {
      return { ok: false, reason: `nobody knows whether it was run: ${tried.problem}` };
    }
    if (passed > patience.awayMilliseconds) {
      return { ok: false, reason: `the process that runs commands is away: ${tried.problem}` };
    }
  }
}

/** What had to wait ends when it would have ended without the wait. */
function after(milliseconds: number, order: Order): Order {
  if (order.verb !== "run" || order.seconds === 0) return order;
  return { ...order, seconds: Math.max(1, order.seconds - Math.round(milliseconds / 1000)) };
}

/** As long as what was begun lasts, to ask for it again only makes it last; later it would be done a second time. */
function mayRepeat(order: Order, milliseconds: number): boolean {
  return order.verb === "end" || milliseconds < (order.seconds - 1) * 1000;
}

interface Tried {
  readonly answer: Answer | undefined;
  readonly wasSent: boolean;
  readonly problem: string;
}

function tryOnce(order: Order, path: string, milliseconds: number): Promise<Tried> {
  return new Promise((resolve) => {
    let wasSent = false;
    let problem = "it ended the connection";
    const chunks: Buffer[] = [];
    const socket = connect(path, () => {
      wasSent = true;
      socket.write(`${JSON.stringify(order)}\n`);
    });
    socket.setTimeout(milliseconds, () => socket.destroy(new Error("it did not answer in time")));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", (error) => {
      problem = reasonOf(error);
    });
    socket.on("close", () => {
      resolve({ answer: readAnswer(Buffer.concat(chunks).toString("utf8")), wasSent, problem });
    });
  });
}

function readAnswer(text: string): Answer | undefined {
  if (text === "") return undefined;
  try {
    return Answer.parse(JSON.parse(text));
  } catch {
    return { ok: false, reason: "the answer cannot be read" };
  }
}
