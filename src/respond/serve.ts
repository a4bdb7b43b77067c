import type { Server, Socket } from "node:net";
import type { Notice, Reply, Request } from "../core/block.ts";
import type { Log } from "../core/log.ts";
import { Conversation, type Limits, lineOf } from "./conversation.ts";

const defaultLimits: Limits = {
  maxConnections: 16,
  lineMilliseconds: 5000,
  drainMilliseconds: 10_000,
  maxUnanswered: 4096,
};

/**
 * Reads requests, one JSON object a line, and writes a reply for each, in the order they are ready, long ones in several lines. What is not exactly a request
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
