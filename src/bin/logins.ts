import { join } from "node:path";
import { KeyLoginsState, openKeyLogins } from "../analyse/response/key-logins.ts";
import type { Address } from "../core/address.ts";
import type { Event, Line } from "../core/event.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Responder } from "../respond/client.ts";
import { establishedPeers } from "./established.ts";
import { stateFile } from "./state-file.ts";

/** Logins by key as the daemon has them: seen in its events, kept in a file, told to the responder. */
export interface Logins {
  /** Looks whether the event is a login by key. */
  see(event: Event, line: Line): void;
  /** Why the address is not blocked, or undefined when it may be. Counts. */
  spare(address: Address): string | undefined;
  /** What is due every few minutes: who is connected still, and the responder may have lost what it knew. */
  refresh(): void;
}

export interface LoginMeans {
  readonly responder: Responder;
  readonly say: (text: string, evidence?: readonly string[]) => void;
  readonly statePath: string;
  readonly log: Log;
  readonly clock: () => number;
  /** "address port" of what is connected; asks this machine unless a test knows better. */
  readonly connections?: () => ReadonlySet<string>;
}

const contents = {
  schema: KeyLoginsState,
  loss: "who is logged in by key is protected from the next login on",
};

export function openLogins({
  responder,
  say,
  statePath,
  log,
  clock,
  connections = establishedPeers,
}: LoginMeans): Logins {
  const file = stateFile(join(statePath, "logins.json"), contents, log);
  const known = file.load();
  const logins = openKeyLogins(clock, known);
  // What an earlier life told the responder, it has kept.
  let mayProtect = known !== undefined;
  let lastAsk = 0;
  const tell = () => {
    const sessions = logins.sessions();
    if (sessions.length === 0 && !mayProtect) return;
    mayProtect = true;
    lastAsk += 1;
    const own = lastAsk;
    file.save(logins.state());
    responder
      .ask({ verb: "protect", sessions })
      .then(({ ok }) => {
        if (ok && own === lastAsk) mayProtect = sessions.length > 0;
      })
      .catch((error: unknown) =>
        // Told again at the next refresh, and this process spares them in any case.
        log.warn(`the responder does not know who is logged in by key: ${reasonOf(error)}`),
      );
  };
  return {
    see(event, line) {
      if (!isSshd(event.program) || !event.log.startsWith("Accepted publickey for ")) return;
      if (!isBelieved(line)) return;
      if (logins.note(event.log)) tell();
    },
    spare(address) {
      const { spared, last } = logins.spare(address);
      if (!spared) return undefined;
      if (last) {
        say(
          `stockade: ${address} is logged in by key and was spared as often as that is good for: the next alert blocks it, unless you say: stockade allow ${address}`,
        );
        tell();
      } else file.save(logins.state());
      return "somebody is logged in from there by key";
    },
    refresh() {
      logins.renew(connections());
      tell();
    },
  };
}

export function isSshd(program: string | undefined): boolean {
  return program === "sshd" || program === "sshd-session";
}

/** journald vouches for the program; the files of syslog are sshd's own, whoever else may write a line there. */
export function isBelieved({ header, location }: Line): boolean {
  return header !== undefined || /\/(?:auth\.log|secure)$/.test(location);
}
