import * as z from "zod";
import { type Address, AddressSchema, parseAddress } from "../../core/address.ts";
import { coveredBy, maxSessionSeconds, maxSessions, type Session } from "../../core/block.ts";

/** Where somebody logged in by key. Times in milliseconds since 1970. */
const Login = z.strictObject({
  address: AddressSchema,
  /** Of the client, so that the connection can be looked for. */
  port: z.number().int(),
  until: z.number().int(),
});
type Login = z.infer<typeof Login>;

/** Blocks that were not made of a network, within the last day. Outlives the login: the next one begins no new count. */
const Use = z.strictObject({ network: z.string(), times: z.array(z.number().int()) });

const maxUses = 1000;

/** What outlasts the daemon. */
export const KeyLoginsState = z.strictObject({
  version: z.literal(1),
  logins: z.array(Login).max(maxSessions),
  uses: z.array(Use).max(maxUses),
});
export type KeyLoginsState = z.infer<typeof KeyLoginsState>;

/** What a login means for a block. `last` says that from now on it means nothing any more. */
interface Sparing {
  readonly spared: boolean;
  readonly last: boolean;
}

/**
 * Whom a login by key protects: its address, of IPv6 the /64 that a block covers, for a day, and as long as the connection
 * lives. Bounded in two ways, so that one valid account is no shield for guessing others: so many networks at a time, and so many
 * blocks spared of each a day.
 */
export interface KeyLogins {
  /** Takes what sshd says of a login by key; anything else is passed over. Returns whether it protects somebody new. */
  note(message: string): boolean;
  /** Asks for a block of this address; the answer is counted. */
  spare(address: Address): Sparing;
  /** Goes on protecting those whose connection ("address port") is there still. */
  renew(connections: ReadonlySet<string>): void;
  /** What protects now, as the responder is told. */
  sessions(): Session[];
  state(): KeyLoginsState;
}

export const maxSparedPerDay = 3;

const dayMilliseconds = 86_400_000;
const sameAlertMilliseconds = 5000;

/** As the decoder reads it: who is let in is a user of this system, whose name imitates nothing, so the first address wins. */
const accepted = /^Accepted publickey for .*? from (\S+) port (\d{1,5})(?: ssh\d)?(?:$|: )/;

export function openKeyLogins(clock: () => number, kept?: KeyLoginsState): KeyLogins {
  const logins = new Map((kept?.logins ?? []).map((one) => [coveredBy(one.address).text, one]));
  const uses = openUses(clock, kept?.uses ?? []);
  const until = () => clock() + maxSessionSeconds * 1000;
  const protects = (network: string) =>
    logins.has(network) && uses.count(network) < maxSparedPerDay;
  const forgetOld = () => {
    for (const [network, login] of logins) if (login.until <= clock()) logins.delete(network);
  };

  return {
    note(message) {
      const [, text = "", port] = accepted.exec(message) ?? [];
      const address = parseAddress(text);
      if (!address) return false;
      forgetOld();
      const network = coveredBy(address).text;
      const isNew = !logins.has(network);
      // Whoever is there already stays: others' logins push nobody out.
      if (isNew && logins.size >= maxSessions) return false;
      logins.set(network, { address, port: Number(port), until: until() });
      return isNew;
    },
    spare(address) {
      forgetOld();
      const network = coveredBy(address).text;
      // One alert may ask for several responses.
      if (logins.has(network) && uses.isJustNow(network)) return { spared: true, last: false };
      if (!protects(network) || !uses.add(network)) return { spared: false, last: false };
      return { spared: true, last: !protects(network) };
    },
    renew(connections) {
      for (const [network, login] of logins) {
        const isThere = connections.has(`${login.address} ${login.port}`);
        if (isThere) logins.set(network, { ...login, until: until() });
      }
    },
    sessions() {
      forgetOld();
      return [...logins]
        .filter(([network]) => protects(network))
        .map(([, login]) => sessionOf(login, clock()));
    },
    state: () => ({ version: 1, logins: [...logins.values()], uses: uses.list() }),
  };
}

function sessionOf({ address, until }: Login, now: number): Session {
  const seconds = Math.floor((until - now) / 1000);
  return { address, seconds: Math.min(maxSessionSeconds, Math.max(1, seconds)) };
}

/** How often each network was spared within the last day, whichever way the clock was set since. */
function openUses(clock: () => number, kept: KeyLoginsState["uses"]) {
  const uses = new Map(kept.map(({ network, times }) => [network, times]));
  const recent = (network: string) =>
    (uses.get(network) ?? []).filter((at) => Math.abs(clock() - at) < dayMilliseconds);
  const forgetOld = () => {
    for (const network of uses.keys()) if (recent(network).length === 0) uses.delete(network);
  };
  return {
    count: (network: string) => recent(network).length,
    isJustNow(network: string): boolean {
      const last = uses.get(network)?.at(-1);
      return last !== undefined && Math.abs(clock() - last) < sameAlertMilliseconds;
    },
    /** False where so many are remembered that this one could not be. */
    add(network: string): boolean {
      if (uses.size >= maxUses) forgetOld();
      if (uses.size >= maxUses && !uses.has(network)) return false;
      uses.set(network, [...recent(network), clock()]);
      return true;
    },
    list: () => [...uses].map(([network, times]) => ({ network, times: [...times] })),
  };
}
