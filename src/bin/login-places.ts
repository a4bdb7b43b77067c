import { join } from "node:path";
import * as z from "zod";
import { type Address, familyOf } from "../core/address.ts";
import type { Event, Line } from "../core/event.ts";
import type { Log } from "../core/log.ts";
import { networkOf } from "../core/network.ts";
import { printable } from "../core/printable.ts";
import { isBelieved, isSshd } from "./logins.ts";
import { stateFile } from "./state-file.ts";

/** From where users log in by ssh. */
export interface LoginPlaces {
  /** Says it when a user logs in for the first time, or from a network from which he never has. */
  see(login: Login, line: string): void;
}

export interface LoginPlacesMeans {
  /** As a message of our own; the line shows it. */
  readonly say: (text: string, evidence: readonly string[]) => void;
  readonly statePath: string;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** A network, and when the user first came from it; milliseconds since 1970. The last used one is last. */
const Place = z.tuple([z.string(), z.number()]);
const Known = z.strictObject({
  /** Since when logins are looked at. */
  since: z.number(),
  users: z.array(z.tuple([z.string(), z.array(Place)])),
});

const loss = "from where users log in is learned anew";
const day = 86_400_000;
const mostUsers = 2000;
const mostNetworks = 64;
/** Who has come from so many new networks within a week comes from anywhere: one more is no news. */
const roaming = 8;
const mostNamed = 3;

/**
 * Knows the networks (of IPv4 the /24, of IPv6 the /64) from which each user has logged in, for good: the longest unused go first.
 * What comes within the first day is learned: it is said, but as nothing special.
 */
export function openLoginPlaces({ say, statePath, log, clock }: LoginPlacesMeans): LoginPlaces {
  const file = stateFile(join(statePath, "login-places.json"), { schema: Known, loss }, log);
  const kept = file.load();
  const since = kept?.since ?? clock();
  const users = new Map(kept?.users.map(([user, places]) => [user, new Map(places)]));
  const save = () =>
    file.save({ since, users: [...users].map(([user, places]) => [user, [...places]]) });
  if (!kept) save();

  const note = (user: string, network: string): Map<string, number> => {
    const places = users.get(user) ?? new Map<string, number>();
    const before = new Map(places);
    const first = places.get(network) ?? clock();
    moveToEnd(places, network, first, mostNetworks);
    moveToEnd(users, user, places, mostUsers);
    return before;
  };
  return {
    see(login, line) {
      const { user, network } = login;
      const before = note(user, network);
      if (before.has(network)) return;
      save();
      const recent = [...before.values()].filter((first) => clock() - first < 7 * day);
      const isLearnt = clock() - since < day || recent.length >= roaming;
      const what = wordsOf(login, [...before.keys()]);
      say(`stockade: ${isLearnt ? "learned: " : ""}${what}`, [line]);
    },
  };
}

/** Who logged in by ssh, and from where. */
export interface Login {
  readonly user: string;
  readonly network: string;
  /** For people. */
  readonly from: string;
  readonly who: string;
}

/** What sshd says of a login, where that can be believed. */
export function loginIn({ program, log, srcip, fields }: Event, line: Line): Login | undefined {
  if (!isSshd(program) || !log.startsWith("Accepted ")) return undefined;
  const user = fields["dstuser"];
  if (!srcip || !user || !isBelieved(line)) return undefined;
  const how = printable(fields["status"] ?? "ssh");
  const who = `${printable(user)} from ${srcip}`;
  return { user, network: networkAround(srcip), from: `${srcip} (${how})`, who };
}

function networkAround(address: Address): string {
  return networkOf(address, familyOf(address) === 4 ? 24 : 64).text;
}

function moveToEnd<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}

function wordsOf({ user, from, network }: Login, known: readonly string[]): string {
  const who = printable(user);
  if (known.length === 0) return `first login of ${who}, from ${from}`;
  const last = known.slice(-mostNamed).toReversed().join(", ");
  const rest = known.length > mostNamed ? ` and ${known.length - mostNamed} more` : "";
  return `login of ${who} from a new network, ${network}: ${from}; known are ${last}${rest}`;
}
