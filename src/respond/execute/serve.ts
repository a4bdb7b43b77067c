import type { Server, Socket } from "node:net";
import * as z from "zod";
import { reasonOf } from "../../core/failure.ts";
import type { Log } from "../../core/log.ts";
import { type Answer, maxOrderBytes, Order } from "../../core/order.ts";
import { lineCutter } from "../request-lines.ts";

const mostConnections = 64;
/** An order has to be whole within this time. */
const lineMilliseconds = 5000;

/** Reads one order from each connection, answers it with one line and ends it. Nothing that comes in can end the process. */
export function serve(server: Server, handle: (order: Order) => Promise<Answer>, log: Log): void {
  server.maxConnections = mostConnections;
  server.on("connection", (socket: Socket) => {
    const lines = lineCutter(maxOrderBytes);
    let isOver = false;
    const end = (answer: Answer) => {
      if (socket.writable) socket.end(`${JSON.stringify(answer)}\n`);
    };
    const refuse = (reason: string) => {
      isOver = true;
      log.warn(`a request was refused and its connection closed: ${reason}`);
      end({ ok: false, reason });
    };
    const slow = setTimeout(() => refuse("its line took too long"), lineMilliseconds);
    // A peer that goes away is no event.
    socket.on("error", () => undefined);
    socket.on("close", () => clearTimeout(slow));
    const take = (line: string) => {
      clearTimeout(slow);
      isOver = true;
      const read = readOrder(line);
      if (read.ok) void handle(read.order).then(end);
      else refuse(read.reason);
    };
    socket.on("data", (chunk) => {
      const cut = isOver ? [] : lines.cut(chunk);
      if (!cut) refuse(`an order is longer than ${maxOrderBytes} bytes`);
      else if (cut[0] !== undefined) take(cut[0]);
    });
  });
}

type Read =
  | { readonly ok: true; readonly order: Order }
  | { readonly ok: false; readonly reason: string };

function readOrder(line: string): Read {
  try {
    return { ok: true, order: Order.parse(JSON.parse(line)) };
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const reason = issue ? `${issue.path.join(".")}: ${issue.message}` : reasonOf(error);
    return { ok: false, reason: `not an order: ${reason.slice(0, 200)}` };
  }
}
