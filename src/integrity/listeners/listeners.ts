import type { Listener } from "./listener.ts";
import { openPatience } from "./patience.ts";
import { openPresent } from "./present.ts";

export interface ListenerChanges {
  readonly opened: readonly Listener[];
  /** What was told to have closed within the last hour, and is back. */
  readonly reopened: readonly Listener[];
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

/** One that restarts is closed and opened: it has closed when it is away for so many looks. */
const looksToClose = 20;
/** What opens again within so many looks after it was told to have closed is the same one. */
const looksToForget = 1200;
const mostRemembered = 1000;

export function openListeners({ proc, before, firstHandedOut }: Means): Listeners {
  const present = openPresent(proc);
  const patience = openPatience(firstHandedOut);
  const key = (listener: Listener) => keyOf(listener, firstHandedOut);
  const known = new Map<string, { listener: Listener; away: number }>();
  const closedAt = new Map<string, number>();
  for (const listener of before ?? []) known.set(key(listener), { listener, away: 0 });
  let isFirst = before === undefined;
  let look = 0;

  const goneFrom = (now: ReadonlySet<string>): Listener[] => {
    const gone = [...known].filter(([key, one]) => {
      one.away = now.has(key) ? 0 : one.away + 1;
      return one.away >= looksToClose;
    });
    for (const [key] of gone) {
      known.delete(key);
      closedAt.set(key, look);
    }
    for (const [key, at] of closedAt) {
      if (look - at < looksToForget && closedAt.size <= mostRemembered) break;
      closedAt.delete(key);
    }
    return gone.map(([, { listener }]) => listener);
  };
  return {
    known: () => [...known.values()].map(({ listener }) => listener),
    look() {
      look += 1;
      const all = present();
      const counting = patience.counting(all);
      const fresh = all.filter((one) => {
        const isNew = !known.has(key(one)) && (isFirst || counting.has(one));
        if (isNew) known.set(key(one), { listener: one, away: 0 });
        return isNew;
      });
      const told = isFirst ? [] : fresh;
      isFirst = false;
      return {
        opened: told.filter((one) => !closedAt.has(key(one))),
        reopened: told.filter((one) => closedAt.delete(key(one))),
        closed: goneFrom(new Set(all.map(key))),
      };
    },
  };
}

/**
 * A service that is started again is the same one, though its program was replaced meanwhile; one that takes whatever port of
 * UDP the kernel gives it has another one then.
 */
function keyOf({ protocol, address, port, program }: Listener, firstHandedOut: number): string {
  const place = protocol === "udp" && port >= firstHandedOut && program !== "" ? "any" : port;
  return `${protocol} ${address} ${place} ${program.replace(/ \(deleted\)$/, "")}`;
}
