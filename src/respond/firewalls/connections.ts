import type { Run } from "../run.ts";

/** Above this many at a time their connections are left to time out by themselves. */
const maxAtOnce = 16;

/** Programs of the next block go first: it has to be in force soon, this has not. */
const restMilliseconds = 100;

/**
 * Lets the kernel forget the connections of blocked networks, so that answers to them find no open door either. A nicety
 * on top of the drop: conntrack(8) may be missing and it fails when there was no connection, and both are fine.
 */
export function connectionCutter(family: 4 | 6, run: Run): (networks: readonly string[]) => void {
  let waiting: string[] = [];
  const work = async () => {
    const networks = waiting;
    waiting = [];
    if (networks.length > maxAtOnce) return;
    for (const network of networks) {
      await run("/usr/sbin/conntrack", ["-D", "-f", `ipv${family}`, "-s", network]);
    }
  };
  return (networks) => {
    if (networks.length > 0 && waiting.length === 0)
      setTimeout(() => void work(), restMilliseconds);
    waiting.push(...networks.slice(0, maxAtOnce + 1));
  };
}
