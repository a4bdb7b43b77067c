import type { Server, Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Log } from "../../core/log.ts";

/** Findings that the daemon has not dealt with, in the order they were made. */
export interface Outbox {
  /** The next ones behind this number, with theirs; each a finding as JSON. */
  waiting(behind: number, limit: number): readonly Waiting[];
  /** The daemon has handled these and all before. */
  dealtWith(upTo: number): void;
}

interface Waiting {
  readonly id: number;
  readonly json: string;
}

/** Tells whoever is connected that there is something new. */
export type Wake = () => void;

const together = 500;

/**
 * Gives findings to the daemon, see `followFindings`: each connection begins with the oldest that is not dealt with. Who does
 * not read is given no more. A word that is no number ends the connection; nothing that comes in ends the process.
 */
export function serveFindings(server: Server, outbox: Outbox, log: Log): Wake {
  const open = new Set<Wake>();
  server.maxConnections = 4;
  server.on("connection", (socket) => {
    const wake = converse(socket, outbox, log);
    open.add(wake);
    socket.once("close", () => open.delete(wake));
    wake();
  });
  return () => {
    for (const wake of open) wake();
  };
}

function converse(socket: Socket, outbox: Outbox, log: Log): Wake {
  let sent = 0;
  const send = () => {
    while (socket.writable && !socket.writableNeedDrain) {
      const rows = outbox.waiting(sent, together);
      const last = rows.at(-1);
      if (!last) return;
      sent = last.id;
      socket.write(rows.map(({ id, json }) => `${id} ${json}\n`).join(""));
    }
  };
  socket.on("drain", send);
  socket.on("error", () => socket.destroy());
  const lines = createInterface({ input: socket });
  lines.on("error", () => {});
  lines.on("line", (line) => {
    const upTo = Number(line);
    if (/^\d{1,15}$/.test(line) && upTo <= sent) return outbox.dealtWith(upTo);
    log.warn("a client of the findings said what it may not, its connection is closed");
    socket.destroy();
  });
  return send;
}
