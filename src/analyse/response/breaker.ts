import * as z from "zod";
import { type Address, AddressSchema } from "../../core/address.ts";
import { coveredBy } from "../../core/block.ts";
import { neverBack } from "./never-back.ts";
import { ownerOf, scopesOf } from "./scopes.ts";
import { Window } from "./window.ts";

/** How many sources may be blocked within a minute and within an hour: in all, by one rule, in one network. */
export type Limits = Readonly<Record<"all" | "rule" | "network", PerTime>>;

interface PerTime {
  readonly minute: number;
  readonly hour: number;
}

/** More blocks were asked for than a limit allows. What is named here only observes until it is re-armed. */
export const Trip = z.strictObject({
  id: z.string(),
  /** A rule's id, a network ("192.0.0.0/16", "2001:db8::/32"), or "all". */
  name: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
  /** The limit that was reached, and the time it is for. */
  limit: z.number(),
  seconds: z.number(),
  /** Some of the sources, and of the lines that led to their blocks. */
  addresses: z.array(z.string()),
  lines: z.array(z.string()),
});
export type Trip = z.infer<typeof Trip>;

const Recent = z.strictObject({
  at: z.number(),
  rule: z.number().int(),
  address: AddressSchema,
  seconds: z.number(),
});

/** What a breaker knows, so that another one can go on with it. */
export const BreakerState = z.strictObject({
  version: z.literal(1),
  trips: z.array(Trip),
  recent: z.array(Recent),
});
export type BreakerState = z.infer<typeof BreakerState>;

/** A block that nothing else speaks against. */
export interface Wanted {
  readonly rule: number;
  readonly address: Address;
  readonly seconds: number;
  /** The line that led to it. */
  readonly line: string;
}

/** Why a block is not made, and, at the one that trips the breaker, the addresses whose blocks are to end. */
export interface Stop {
  readonly trip: Trip;
  readonly burst?: readonly Address[];
}

/** Stops a rule that has gone mad. It counts sources, see `ownerOf`: one that is blocked again counts once. */
export interface Breaker {
  /** Undefined where the block may be made; it is counted then. */
  ask(wanted: Wanted): Stop | undefined;
  trips(): readonly Trip[];
  /** Arms again what tripped, with its count at nothing. Returns what that was. */
  rearm(ids: readonly string[]): Trip[];
  configure(limits: Limits): void;
  state(): BreakerState;
}

/** `clock` in milliseconds since 1970. */
export function openBreaker(
  limits: Limits,
  clock: () => number,
  saved: Pick<BreakerState, "trips" | "recent"> = { trips: [], recent: [] },
): Breaker {
  return new CircuitBreaker(limits, clock, saved);
}

const times = { minute: 60, hour: 3600 } as const;
const mostRecent = 20_000;
const mostScopes = 1000;
const mostAddresses = 10;
const mostLines = 3;

type Kept = z.infer<typeof Recent> & { readonly line: string };
type Windows = Readonly<Record<keyof typeof times, Window>>;

class CircuitBreaker implements Breaker {
  #limits: Limits;
  readonly #clock: () => number;
  readonly #now: () => number;
  readonly #trips = new Map<string, Trip>();
  readonly #windows = new Map<string, Windows>();
  /** The blocks of the last hour by rule and network, the latest last. */
  readonly #recent = new Map<string, Kept>();

  constructor(
    limits: Limits,
    clock: () => number,
    { trips, recent }: Omit<BreakerState, "version">,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#now = neverBack(clock);
    for (const trip of trips) this.#trips.set(trip.name, trip);
    const now = this.#now();
    for (const one of recent.toSorted((a, b) => a.at - b.at)) {
      this.#count({ ...one, line: "" }, Math.min(one.at, now));
    }
  }

  ask(wanted: Wanted): Stop | undefined {
    const scopes = scopesOf(wanted);
    for (const { name } of scopes) {
      const trip = this.#trips.get(name);
      if (trip) return { trip };
    }
    const now = this.#now();
    for (const scope of scopes) {
      for (const time of ["minute", "hour"] as const) {
        const limit = this.#limits[scope.kind][time];
        const size = this.#windows.get(scope.name)?.[time].sizeWith(ownerOf(wanted.address), now);
        if (size !== undefined && size > limit) return this.#trip(scope.name, time, limit, wanted);
      }
    }
    this.#count(wanted, now);
    return undefined;
  }

  trips(): readonly Trip[] {
    return [...this.#trips.values()];
  }

  rearm(ids: readonly string[]): Trip[] {
    const armed = this.trips().filter(({ id }) => ids.includes(id));
    for (const { name } of armed) {
      this.#trips.delete(name);
      this.#windows.delete(name);
      for (const [key, one] of this.#recent) {
        if (scopesOf(one).some((scope) => scope.name === name)) this.#recent.delete(key);
      }
    }
    return armed;
  }

  configure(limits: Limits): void {
    this.#limits = limits;
  }

  state(): BreakerState {
    this.#expire(this.#now());
    const recent = [...this.#recent.values()].map(({ line: _, ...one }) => one);
    return { version: 1, trips: [...this.#trips.values()], recent };
  }

  #count(wanted: Wanted, at: number): void {
    for (const { name } of scopesOf(wanted)) {
      const windows = this.#windows.get(name) ?? this.#openWindows(name, at);
      for (const time of ["minute", "hour"] as const) {
        windows[time].add(ownerOf(wanted.address), at);
      }
    }
    const { rule, address, seconds, line } = wanted;
    const key = `${rule} ${coveredBy(address).text}`;
    this.#recent.delete(key);
    this.#recent.set(key, { at, rule, address, seconds, line: line.slice(0, 400) });
    this.#expire(at);
  }

  #openWindows(name: string, now: number): Windows {
    if (this.#windows.size >= mostScopes) {
      for (const [other, { hour }] of this.#windows) {
        if (hour.isEmpty(now)) this.#windows.delete(other);
      }
    }
    const windows = {
      minute: new Window(times.minute * 1000),
      hour: new Window(times.hour * 1000),
    };
    this.#windows.set(name, windows);
    return windows;
  }

  #expire(now: number): void {
    for (const [key, { at }] of this.#recent) {
      if (now - at < times.hour * 1000 && this.#recent.size <= mostRecent) return;
      this.#recent.delete(key);
    }
  }

  #trip(name: string, time: keyof typeof times, limit: number, wanted: Wanted): Stop {
    const seconds = times[time];
    const since = this.#now() - seconds * 1000;
    const burst = [...this.#recent.values()].filter(
      (one) => one.at > since && scopesOf(one).some((scope) => scope.name === name),
    );
    const evidence = [wanted, ...burst.toReversed()];
    const at = this.#clock();
    const trip: Trip = {
      id: `${name}@${at}`,
      name,
      at,
      limit,
      seconds,
      addresses: evidence.slice(0, mostAddresses).map(({ address }) => address),
      lines: evidence.flatMap(({ line }) => (line === "" ? [] : [line])).slice(0, mostLines),
    };
    this.#trips.set(name, trip);
    return { trip, burst: this.#endable(burst) };
  }

  /** Whom another rule wanted blocked as well stays blocked. */
  #endable(burst: readonly Kept[]): Address[] {
    const now = this.#now();
    const held = new Set<string>();
    for (const one of this.#recent.values()) {
      const isTripped = scopesOf(one).some(({ name }) => this.#trips.has(name));
      if (!isTripped && one.at + one.seconds * 1000 > now) held.add(coveredBy(one.address).text);
    }
    const ends = burst.filter(({ address }) => !held.has(coveredBy(address).text));
    return [...new Map(ends.map((one) => [coveredBy(one.address).text, one.address])).values()];
  }
}
