import type { Listener } from "./listener.ts";

/**
 * A UDP socket on a port that the kernel hands out is a client's, as a resolver opens them by the thousand, and so is that for
 * the data of an FTP transfer: it counts when it is still there so many looks later.
 */
const looksToCount = 15;
/** Clients of DHCP and NTP that have these ports for as long as a question takes; see services(5). */
const clientPorts: readonly number[] = [68, 123, 546];
/** Some resolvers take any port from 1024 on, for as long as a question takes. */
const looksToCountLow = 2;

/** Tells those that listen from those that only wait for an answer: the second go again soon. */
export interface Patience {
  /** Those of this look that have been there long enough. Call it once a look, with all there are. */
  counting(all: readonly Listener[]): ReadonlySet<Listener>;
}

/** `firstHandedOut`: see `openListeners`. */
export function openPatience(firstHandedOut: number): Patience {
  let looks = new Map<string, number>();
  return {
    counting(all) {
      const transfers = servesFiles(all);
      const before = looks;
      looks = new Map(all.map((one) => [socketOf(one), (before.get(socketOf(one)) ?? 0) + 1]));
      const isOld = (one: Listener) =>
        (looks.get(socketOf(one)) ?? 0) > neededBy(one, firstHandedOut, transfers);
      return new Set(all.filter(isOld));
    },
  };
}

/** How many looks a socket has to stay until it counts. */
function neededBy(
  { protocol, port, program }: Listener,
  firstHandedOut: number,
  transfers: ReadonlySet<string>,
): number {
  if (protocol === "udp" && clientPorts.includes(port)) return looksToCount;
  if (port < 1024) return 0;
  if (protocol === "tcp") return transfers.has(program) ? looksToCount : 0;
  return port < firstHandedOut ? looksToCountLow : looksToCount;
}

/** The programs that serve FTP: for each file they listen on another port, see RFC 959. */
function servesFiles(all: readonly Listener[]): Set<string> {
  const serving = all.filter(({ protocol, port }) => protocol === "tcp" && port === 21);
  return new Set(serving.map(({ program }) => program).filter((program) => program !== ""));
}

function socketOf({ protocol, address, port, program }: Listener): string {
  return `${protocol} ${address} ${port} ${program}`;
}
