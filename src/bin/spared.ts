import type { Paths } from "../config/paths.ts";
import { systemFacts } from "../config/untouchables/facts.ts";
import { keepList } from "../config/untouchables/kept-list.ts";
import type { Address } from "../core/address.ts";
import { coveredBy } from "../core/block.ts";
import type { Event, Line } from "../core/event.ts";
import { type LoginMeans, openLogins } from "./logins.ts";

/** Who is not blocked, as the daemon knows it; the responder has a list of its own and has the last word. */
export interface Spared {
  /** Looks at every event for whom it tells not to block. */
  see(event: Event, line: Line): void;
  /** Why the address is not blocked, or undefined when it may be. A login by key is used up by it. */
  reasonFor(address: Address): string | undefined;
  /** What is due at start, at reload and every few minutes. Does not wait for names. */
  refresh(whiteList: readonly string[]): Promise<void>;
  /** What is due every second. */
  tick(): void;
}

export interface SparedMeans extends LoginMeans {
  /** Where `stockade allow` and `stockade observe` write, and what comes before the paths of other programs. */
  readonly paths: Pick<Paths, "allowed" | "observing" | "root">;
}

/** How soon another address, gateway or resolver of this machine is noticed. */
const lookMilliseconds = 5000;

export function openSpared(means: SparedMeans): Spared {
  const { paths, log, clock } = means;
  const list = keepList({ facts: systemFacts(paths.allowed, paths.root, clock), log });
  const logins = openLogins(means);
  let whiteList: readonly string[] = [];
  let lookedAt = clock();
  return {
    see: logins.see,
    reasonFor(address) {
      const protector = list.protectorOf(coveredBy(address));
      if (protector) return `${protector.reason} (${protector.network.text})`;
      return logins.spare(address);
    },
    async refresh(wanted) {
      whiteList = wanted;
      logins.refresh();
      await list.look(whiteList);
      void list.refresh(whiteList);
    },
    tick() {
      if (Math.abs(clock() - lookedAt) < lookMilliseconds) return;
      lookedAt = clock();
      void list.hasChanged().then((changed) => (changed ? list.refresh(whiteList) : undefined));
    },
  };
}
