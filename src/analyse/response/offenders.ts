import * as z from "zod";
import type { Address } from "../../core/address.ts";
import { coveredBy, maxBlockSeconds, type Notice } from "../../core/block.ts";

/** How the blocks of a source that comes back grow. Without minutes and with a multiplier of 1 they do not. */
export interface Escalation {
  /** OSSEC's `<repeated_offenders>`: how long the second block lasts, the third, …; the last one from then on. */
  readonly minutes: readonly number[];
  /** Ours: each block lasts so many times as long as the one before, … */
  readonly multiplier: number;
  /** … but no longer than this. */
  readonly maximumSeconds: number;
  /** After so long without a block all is forgiven. */
  readonly forgivenSeconds: number;
}

/** An account, where no address is known. */
export interface User {
  readonly user: string;
}

const Offender = z.strictObject({
  /** An IPv4 address, an IPv6 /64, or "user NAME". */
  network: z.string(),
  /** How many blocks it has had. */
  count: z.number().int().min(1),
  /** When the last one ends, in milliseconds since 1970. */
  until: z.number(),
});

/** Who was blocked, so that another life of the daemon knows. */
export const OffendersState = z.strictObject({
  version: z.literal(1),
  offenders: z.array(Offender),
});
export type OffendersState = z.infer<typeof OffendersState>;

/** Remembers who was blocked, and how often. */
export interface Offenders {
  /** How long a block lasts that would last `seconds` the first time. Changes nothing. */
  secondsFor(whom: Address | User, seconds: number): number;
  /** The source was blocked for so long. While a block lasts another one is the same offence. */
  note(whom: Address | User, seconds: number): void;
  /** Forgets sources whose blocks were a mistake. */
  forgive(addresses: readonly Address[]): void;
  /** Forgets whose blocks somebody has lifted: who lifts one says that it was wrong. */
  pardon(networks: Notice["lifted"]): void;
  /** How many blocks are remembered of the source; 0 where blocks do not grow. */
  countOf(address: Address): number;
  configure(escalation: Escalation): void;
  state(): OffendersState;
}

/** More than these are not remembered: whose last block ended first is forgotten first, or nearly. */
const mostOffenders = 20_000;

type Entry = z.infer<typeof Offender>;

/** `clock` in milliseconds since 1970. */
export function openOffenders(
  escalation: Escalation,
  clock: () => number,
  saved: readonly Entry[] = [],
): Offenders {
  let rules = escalation;
  /** The latest offence last. */
  const known = new Map(saved.slice(-mostOffenders).map((one) => [one.network, one]));

  const entryOf = (whom: Address | User) => {
    const entry = known.get(keyOf(whom));
    const quiet = entry === undefined ? 0 : clock() - entry.until;
    return entry && quiet < rules.forgivenSeconds * 1000 ? entry : undefined;
  };
  /** Blocks before the one that would begin, or goes on, now. */
  const earlier = (entry: Entry | undefined) => {
    if (!entry) return 0;
    return clock() < entry.until ? entry.count - 1 : entry.count;
  };
  return {
    secondsFor: (whom, seconds) => secondsOf(earlier(entryOf(whom)), seconds, rules),
    note(whom, seconds) {
      if (!isGrowing(rules)) return;
      const entry = entryOf(whom);
      const network = keyOf(whom);
      const until = Math.max(entry?.until ?? 0, clock() + seconds * 1000);
      const count = earlier(entry) + 1;
      known.delete(network);
      known.set(network, { network, count, until });
      const [first] = known.keys();
      if (known.size > mostOffenders && first !== undefined) known.delete(first);
    },
    forgive(addresses) {
      for (const address of addresses) known.delete(keyOf(address));
    },
    pardon(networks) {
      if (networks === "all") known.clear();
      else for (const network of networks) known.delete(network);
    },
    countOf: (address) => entryOf(address)?.count ?? 0,
    configure(given) {
      rules = given;
    },
    state() {
      for (const [network, { until }] of known) {
        if (clock() - until >= rules.forgivenSeconds * 1000) known.delete(network);
      }
      return { version: 1, offenders: [...known.values()] };
    },
  };
}

function keyOf(whom: Address | User): string {
  return typeof whom === "string" ? coveredBy(whom).text : `user ${whom.user}`;
}

function isGrowing({ minutes, multiplier }: Escalation): boolean {
  return minutes.length > 0 || multiplier > 1;
}

/** How long a block lasts after `earlier` ones. */
function secondsOf(
  earlier: number,
  seconds: number,
  { minutes, multiplier, maximumSeconds }: Escalation,
): number {
  if (earlier === 0) return seconds;
  const listed = minutes[Math.min(earlier, minutes.length) - 1];
  if (listed !== undefined) return Math.min(listed * 60, maxBlockSeconds);
  // What the settings ask for the first time is never cut.
  const most = Math.max(maximumSeconds, seconds);
  return Math.min(Math.floor(seconds * multiplier ** earlier), most, maxBlockSeconds);
}
