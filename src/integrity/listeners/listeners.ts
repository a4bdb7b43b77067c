import { z } from "zod";
import type { BytePath } from "../entry.ts";
import { type Holder, holdersOf } from "./holders.ts";
import { type ListeningSocket, listeningSockets } from "./sockets.ts";

/** Who listens where. */
export const Listener = z.strictObject({
  protocol: z.enum(["tcp", "udp"]),
  address: z.string(),
  port: z.number(),
  uid: z.number(),
  /** The program, byte by byte; "" where nobody could be seen. */
  program: z.string(),
  /** As the process calls itself. */
  name: z.string(),
});
export type Listener = z.infer<typeof Listener>;

export interface ListenerChanges {
  readonly opened: readonly Listener[];
  readonly closed: readonly Listener[];
}

/** Looks at who listens, and compares with the last look. */
export interface Listeners {
  look(): ListenerChanges;
  /** All there are, for the next life. */
  known(): readonly Listener[];
}

interface Means {
  readonly proc: string;
  /** Those of the last life; undefined when there was none: then nothing is new. */
  readonly before: readonly Listener[] | undefined;
  /** From this port on the kernel hands them out to clients: net.ipv4.ip_local_port_range. */
  readonly firstHandedOut: number;
}

/**
 * A UDP socket on a port that the kernel hands out is a client's, as a resolver opens them by the thousand: it counts when it
 * is still there so many looks later.
 */
const looksToCount = 15;
/** One that restarts is closed and opened: it has closed when it is away for so many looks. */
const looksToClose = 5;

export function openListeners({ proc, before, firstHandedOut }: Means): Listeners {
  const known = new Map<string, { listener: Listener; away: number }>();
  const young = new Map<string, number>();
  const holders = new Map<number, Holder | undefined>();
  for (const listener of before ?? []) known.set(keyOf(listener), { listener, away: 0 });
  let isFirst = before === undefined;

  const listenersNow = (): Map<string, Listener> => {
    const sockets = listeningSockets(proc);
    const inodes = new Set(sockets.map(({ inode }) => inode));
    for (const inode of holders.keys()) if (!inodes.has(inode)) holders.delete(inode);
    const unknown = new Set([...inodes].filter((inode) => !holders.has(inode)));
    const found = unknown.size > 0 ? holdersOf(proc, unknown) : new Map<number, Holder>();
    for (const inode of unknown) holders.set(inode, found.get(inode));
    const all = sockets.map((socket) => listenerOf(socket, holders.get(socket.inode)));
    return new Map(all.map((listener) => [keyOf(listener), listener]));
  };
  const counts = (key: string, { protocol, port }: Listener): boolean => {
    if (protocol === "tcp" || port < firstHandedOut || isFirst) return true;
    const looks = (young.get(key) ?? 0) + 1;
    young.set(key, looks);
    return looks > looksToCount;
  };
  const goneFrom = (now: ReadonlyMap<string, Listener>): Listener[] => {
    const gone = [...known].filter(([key, one]) => {
      one.away = now.has(key) ? 0 : one.away + 1;
      return one.away >= looksToClose;
    });
    for (const [key] of gone) known.delete(key);
    return gone.map(([, { listener }]) => listener);
  };
  return {
    known: () => [...known.values()].map(({ listener }) => listener),
    look() {
      const now = listenersNow();
      for (const key of young.keys()) if (!now.has(key)) young.delete(key);
      const opened = [...now].filter(([key, one]) => !known.has(key) && counts(key, one));
      for (const [key, listener] of opened) known.set(key, { listener, away: 0 });
      const closed = goneFrom(now);
      const told = isFirst ? [] : opened.map(([, listener]) => listener);
      isFirst = false;
      return { opened: told, closed };
    },
  };
}

function listenerOf(socket: ListeningSocket, holder: Holder | undefined): Listener {
  const { protocol, address, port, uid } = socket;
  const program: BytePath = holder?.program ?? "";
  return { protocol, address, port, uid, program, name: holder?.name ?? "" };
}

/** A service that is started again is the same one. */
function keyOf({ protocol, address, port, program }: Listener): string {
  return `${protocol} ${address} ${port} ${program}`;
}
