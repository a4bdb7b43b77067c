import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import {
  BreakerState,
  type Limits,
  openBreaker,
  type Stop,
  type Trip,
  type Wanted,
} from "../analyse/response/breaker.ts";
import type { Address } from "../core/address.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Responder } from "../respond/client.ts";
import type { Executor } from "../respond/client-execute.ts";
import { stateFile } from "./state-file.ts";

/** What the circuit breaker of the daemon needs. */
export interface BreakingMeans {
  readonly responder: Responder;
  readonly executor: Executor;
  /** Stockade's word on its own doing, with lines that show it: it goes the road of every event. */
  readonly say: (text: string, evidence?: readonly string[]) => void;
  readonly statePath: string;
  /** Where `stockade rearm` writes what it wants. */
  readonly rearmFile: string;
  readonly log: Log;
  readonly clock: () => number;
  /** Blocks of these were a mistake. */
  readonly forgive?: (addresses: readonly Address[]) => void;
}

/** The circuit breaker as the daemon has it: it lasts, it speaks, and it ends the blocks of the burst. */
export interface Breaking {
  /** Why this block is not made; undefined where it may be. */
  refusal(wanted: Wanted): string | undefined;
  trips(): readonly Trip[];
  configure(limits: Limits): void;
  /** What is due every second: to arm again what the admin wants armed, and to keep what is new. */
  tick(): void;
  close(): void;
}

/** What `stockade rearm` writes for the daemon: ids of trips. */
export const RearmWish = z.strictObject({ version: z.literal(1), trips: z.array(z.string()) });

const contents = {
  schema: BreakerState,
  loss: "the circuit breaker counts from nothing, and what it had stopped blocks again",
};
/** What is counted is written no more often than this. */
const saveMilliseconds = 10_000;
/** A burst ends even when the responder is away for a while. */
const patienceMilliseconds = 600_000;

export function openBreaking(means: BreakingMeans, limits: Limits): Breaking {
  const { say, log, clock } = means;
  const file = stateFile(join(means.statePath, "breaker.json"), contents, log);
  const breaker = openBreaker(limits, clock, file.load());
  let savedAt = clock();
  let isNew = false;
  const save = () => {
    file.save(breaker.state());
    savedAt = clock();
    isNew = false;
  };

  const tell = ({ trip, burst }: Required<Stop>) => {
    const text = `${tripText(trip)}; blocks it made in that time are ended, and ${nameOf(trip)} only observes from now on`;
    log.error(text);
    const some = trip.addresses.join(", ");
    say(
      `stockade: ${text}; arm it again by: ${rearmCommand(trip)}; asked for: ${some}`,
      trip.lines,
    );
    means.forgive?.(burst);
    void end(means, burst);
  };

  return {
    refusal(wanted) {
      const stop = breaker.ask(wanted);
      isNew = true;
      if (!stop) return undefined;
      const { trip, burst } = stop;
      if (burst) {
        save();
        tell({ trip, burst });
      }
      return `circuit breaker, ${rearmCommand(trip)}`;
    },
    trips: () => breaker.trips(),
    configure: (wanted) => breaker.configure(wanted),
    tick() {
      const armed = breaker.trips().length === 0 ? [] : breaker.rearm(wishIn(means.rearmFile));
      for (const trip of armed) say(`stockade: ${nameOf(trip)} is armed again`);
      if (armed.length > 0 || (isNew && Math.abs(clock() - savedAt) >= saveMilliseconds)) save();
    },
    close: save,
  };
}

/** "the circuit breaker tripped: rule 5712 asked for more than 400 blocks within 60 s" */
export function tripText(trip: Trip): string {
  const asked = `asked for more than ${trip.limit} blocks within ${trip.seconds} s`;
  return `the circuit breaker tripped: ${nameOf(trip)} ${asked}`;
}

export function nameOf({ name }: Trip): string {
  if (name === "all") return "all rules together";
  return name.includes("/") ? `the network ${name}` : `rule ${name}`;
}

export function rearmCommand({ name }: Trip): string {
  return `stockade rearm ${name}`;
}

async function end({ responder, log }: BreakingMeans, burst: readonly Address[]): Promise<void> {
  const asked = burst.map((address) =>
    responder.ask({ verb: "unblock", address }, patienceMilliseconds),
  );
  for (const answer of await Promise.allSettled(asked)) {
    if (answer.status === "rejected") {
      log.error(`blocks of the burst could not be ended: ${reasonOf(answer.reason)}`);
      return;
    }
  }
}

/** The ids of the trips that are to be armed again. */
function wishIn(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  try {
    return RearmWish.parse(JSON.parse(readFileSync(path, "utf8"))).trips;
  } catch {
    // Root alone writes there, and whole; what another version wrote asks for nothing.
    return [];
  }
}
