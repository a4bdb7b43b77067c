import * as z from "zod";
import type { Untouchable } from "../config/untouchables.ts";
import { AddressSchema } from "../core/address.ts";
import { maxSessionSeconds, maxSessions, type Session } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { networkOf } from "../core/network.ts";
import { gather } from "./gather.ts";
import { readKept, writeKept } from "./kept.ts";

/** From where people are logged in by key, as the daemon has told; see `Session`. */
export interface Sessions {
  /** Those whose time is not over. */
  untouchables(): Untouchable[];
  /** Takes these in the place of all that were known. Resolves when they are kept; never rejects. */
  replace(sessions: readonly Session[]): Promise<void>;
}

const kept = {
  schema: z.strictObject({
    version: z.literal(1),
    sessions: z
      .array(z.strictObject({ address: AddressSchema, until: z.number().int() }))
      .max(maxSessions),
  }),
  loss: "who is logged in by key is known again when the daemon tells it",
};

/** `now` in milliseconds since 1970. What an earlier life knew is read from `path`. */
export async function openSessions(path: string, now: () => number, log: Log): Promise<Sessions> {
  let known = (await readKept(path, kept, log))?.sessions ?? [];
  const { ask } = gather<undefined>(() =>
    writeKept(path, { version: 1, sessions: known }).catch((error: unknown) =>
      log.error(`cannot save who is logged in by key in "${path}": ${reasonOf(error)}`),
    ),
  );
  return {
    untouchables() {
      const at = now();
      // Whatever file or clock say, nobody is protected for longer than the daemon may ask for.
      const latest = at + maxSessionSeconds * 1000;
      known = known
        .filter(({ until }) => until > at)
        .map(({ address, until }) => ({ address, until: Math.min(until, latest) }));
      return known.map(({ address }) => ({
        network: networkOf(address, address.includes(":") ? 128 : 32),
        reason: "logged in by key",
      }));
    },
    replace(sessions) {
      const at = now();
      known = sessions.map(({ address, seconds }) => ({ address, until: at + seconds * 1000 }));
      return ask(undefined);
    },
  };
}
