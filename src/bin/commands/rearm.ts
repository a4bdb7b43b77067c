import { setTimeout as sleep } from "node:timers/promises";
import type * as z from "zod";
import type { Trip } from "../../analyse/response/breaker.ts";
import { Failure } from "../../core/failure.ts";
import { parseNetwork } from "../../core/network.ts";
import { nameOf, type RearmWish } from "../breaking.ts";
import { readStatus } from "../status-file.ts";
import { type Context, contextOf, needRoot } from "./command.ts";
import { runs } from "./services.ts";
import { replaceFile } from "./write.ts";

/** The daemon looks for it every second and writes its status every two. */
const patienceMilliseconds = 15_000;

/** `stockade rearm [WHAT]`: lets block again what the circuit breaker stopped. Fails when that was nothing. */
export async function rearm(what: string | undefined, options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "arm what the circuit breaker stopped");
  const name = what === undefined ? undefined : nameIn(what);
  const trips = tripsNow(context);
  const chosen = trips.filter((trip) => name === undefined || trip.name === name);
  if (chosen.length > 0) await askFor(chosen, context);
  if (context.json) context.say(JSON.stringify(chosen));
  else for (const line of answer(chosen, trips)) context.say(line);
  if (chosen.length === 0) process.exitCode = 1;
}

/** The name of a trip as the admin writes it. */
function nameIn(text: string): string {
  if (text === "all" || /^\d{1,8}$/.test(text)) return text.replace(/^0+(?=\d)/, "");
  const network = text.includes("/") ? parseNetwork(text) : undefined;
  if (network) return network.text;
  throw new Failure(`"${text}" is no rule, no network and not "all"`, {
    hint: "stockade status names what the circuit breaker stopped",
    exitCode: 64,
  });
}

function tripsNow({ paths }: Context): readonly Trip[] {
  const status = readStatus(paths.daemonStatus);
  if (status && runs(status.pid, "stockaded.mjs")) return status.trips;
  throw new Failure("the daemon does not run", { hint: "stockade start", exitCode: 69 });
}

async function askFor(chosen: readonly Trip[], context: Context): Promise<void> {
  const ids = chosen.map(({ id }) => id);
  const wish: z.infer<typeof RearmWish> = { version: 1, trips: ids };
  // The folder is root's; the daemon may read.
  replaceFile(context.paths.rearmWish, wish, 0o644);
  const end = Date.now() + patienceMilliseconds;
  while (tripsNow(context).some(({ id }) => ids.includes(id))) {
    if (Date.now() > end) {
      throw new Failure("the daemon does not answer", { hint: "stockade status", exitCode: 69 });
    }
    await sleep(100);
  }
}

function answer(chosen: readonly Trip[], trips: readonly Trip[]): string[] {
  if (chosen.length > 0) return chosen.map((trip) => `${nameOf(trip)} is armed again`);
  if (trips.length === 0) return ["the circuit breaker has stopped nothing"];
  return [`that is armed; stopped: ${trips.map(nameOf).join(", ")}`];
}
