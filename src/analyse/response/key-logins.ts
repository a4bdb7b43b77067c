import { z } from "zod";
import { type Address, AddressSchema, parseAddress } from "../../core/address.ts";
import { coveredBy, maxSessionSeconds, maxSessions, type Session } from "../../core/block.ts";

/** Where somebody logged in by key, and what that has been good for. Times in milliseconds since 1970. */
const Login = z.strictObject({
  address: AddressSchema,
  /** Of the client, so that the connection can be looked for. */
  port: z.number().int(),
  until: z.number().int(),
  /** When blocks were not made because of it, within the last day. */
  spared: z.array(z.number().int()),
});
type Login = z.infer<typeof Login>;

/** What outlasts the daemon. */
export const KeyLoginsState = z.strictObject({
  version: z.literal(1),
  logins: z.array(Login).max(maxSessions),
});
export type KeyLoginsState = z.infer<typeof KeyLoginsState>;

/** What a login means for a block. `last` says that from now on it means nothing any more. */
interface Sparing {
  readonly spared: boolean;
  readonly last: boolean;
}

/**
 * Whom a login by key protects: its address for a day, and as long as the connection lives. Bounded in two ways, so that
 * one valid account is no shield for guessing others: so many addresses, and so many blocks spared a day.
 */
export interface KeyLogins {
  /** Takes what sshd says of a login by key; anything else is passed over. Returns whether it was new. */
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
  const logins = new Map((kept?.logins ?? []).map((login) => [login.address, { ...login }]));

  const remembered = () => {
    forgetOld(logins, clock());
    return [...logins.values()];
  };
  return {
    note(message) {
      const [, text = "", port] = accepted.exec(message) ?? [];
      const address = parseAddress(text);
      if (!address) return false;
      if (remembered().length >= maxSessions && !logins.has(address)) forgetFirst(logins);
      const known = logins.get(address);
      const until = clock() + maxSessionSeconds * 1000;
      logins.set(address, { spared: [], ...known, address, port: Number(port), until });
      return !known;
    },
    spare(address) {
      const now = clock();
      const { text } = coveredBy(address);
      const all = remembered().filter((one) => coveredBy(one.address).text === text);
      // One alert may ask for several responses.
      if (all.some(({ spared }) => now - (spared.at(-1) ?? 0) < sameAlertMilliseconds))
        return { spared: true, last: false };
      const login = all.find((one) => protects(one, now));
      if (!login) return { spared: false, last: false };
      login.spared.push(now);
      return { spared: true, last: !all.some((one) => protects(one, now)) };
    },
    renew(connections) {
      const until = clock() + maxSessionSeconds * 1000;
      for (const login of logins.values()) {
        if (connections.has(`${login.address} ${login.port}`)) login.until = until;
      }
    },
    sessions() {
      const now = clock();
      return remembered()
        .filter((login) => protects(login, now))
        .map(({ address, until }) => ({
          address,
          seconds: Math.min(maxSessionSeconds, Math.max(1, Math.floor((until - now) / 1000))),
        }));
    },
    state: () => ({ version: 1, logins: [...logins.values()].map((login) => ({ ...login })) }),
  };
}

function protects({ until, spared }: Login, now: number): boolean {
  return until > now && spared.length < maxSparedPerDay;
}

/** What was spared is remembered for its day, so that another login does not begin a new count. */
function forgetOld(logins: Map<Address, Login>, now: number): void {
  for (const [address, login] of logins) {
    login.spared = login.spared.filter((at) => now - at < dayMilliseconds);
    if (login.until <= now && login.spared.length === 0) logins.delete(address);
  }
}

function forgetFirst(logins: Map<Address, Login>): void {
  const [first] = [...logins.values()].toSorted((a, b) => a.until - b.until);
  if (first) logins.delete(first.address);
}
