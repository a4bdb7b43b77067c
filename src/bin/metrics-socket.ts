import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";

/** Who asks nothing for so long is let go. */
const patienceMilliseconds = 5000;
const mostConnections = 8;

/**
 * Answers every HTTP request on the socket with the figures as of now, as `curl --unix-socket` and exporters ask: HTTP/1.0, one
 * request a connection. node:http would cost each process 14 MB. Everybody may read them, as in the file. A socket that cannot
 * be made is told, and all else goes on.
 */
export function serveMetrics(path: string, metrics: () => Promise<string>, log: Log): Server {
  const server = createServer((socket) => answer(socket, metrics));
  server.maxConnections = mostConnections;
  const refused = (error: unknown) =>
    log.warn(`cannot listen on "${path}": ${reasonOf(error)}; nobody can ask for metrics`);
  server.on("error", refused);
  try {
    // What a daemon that was killed has left.
    rmSync(path, { force: true });
    server.listen(path, () => chmodSync(path, 0o666));
  } catch (error) {
    refused(error);
  }
  return server.unref();
}

function answer(socket: Socket, metrics: () => Promise<string>): void {
  socket.setTimeout(patienceMilliseconds, () => socket.destroy());
  // A peer that goes away is no event.
  socket.on("error", () => socket.destroy());
  socket.once("data", () => {
    metrics().then(
      (text) => socket.end(`${head("200 OK")}${text}`),
      () => socket.end(head("503 Service Unavailable")),
    );
  });
}

function head(status: string): string {
  return `HTTP/1.0 ${status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nConnection: close\r\n\r\n`;
}
