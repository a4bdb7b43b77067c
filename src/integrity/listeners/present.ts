import type { BytePath } from "../entry.ts";
import { type Holder, holdersOf } from "./holders.ts";
import type { Listener } from "./listener.ts";
import { type ListeningSocket, listeningSockets } from "./sockets.ts";

/** Reads who listens now. Who has a socket is looked up when it is new: to ask it of every process takes long. */
export function openPresent(proc: string): () => Listener[] {
  const holders = new Map<number, Holder | undefined>();
  return () => {
    const sockets = listeningSockets(proc);
    const inodes = new Set(sockets.map(({ inode }) => inode));
    for (const inode of holders.keys()) if (!inodes.has(inode)) holders.delete(inode);
    const unknown = new Set([...inodes].filter((inode) => !holders.has(inode)));
    const found = unknown.size > 0 ? holdersOf(proc, unknown) : new Map<number, Holder>();
    for (const inode of unknown) holders.set(inode, found.get(inode));
    return sockets.map((socket) => listenerOf(socket, holders.get(socket.inode)));
  };
}

function listenerOf(socket: ListeningSocket, holder: Holder | undefined): Listener {
  const { protocol, address, port, uid } = socket;
  const program: BytePath = holder?.program ?? "";
  return { protocol, address, port, uid, program, name: holder?.name ?? "" };
}
