import { lookup } from "node:dns/promises";
import { conditionsFor } from "../../analyse/active-response.ts";
import { type Limits, openBreaker, type Trip } from "../../analyse/response/breaker.ts";
import { openOffenders } from "../../analyse/response/offenders.ts";
import type { Settings } from "../../config/settings.ts";
import {
  listedIn,
  listUntouchables,
  protectorOf,
  type Untouchable,
} from "../../config/untouchables.ts";
import type { Alert } from "../../core/alert.ts";
import { coveredBy, type ResponseName } from "../../core/block.ts";
import type { AlertVerdict, VerdictClass } from "../../core/verdict.ts";
import { type Asked, openWishes } from "../wishes.ts";

/** A block that the alerts of a history would have led to. */
export interface WouldBlock {
  /** What would have been blocked: an address, or the /64 around one. */
  readonly network: string;
  /** By which means. */
  readonly responses: readonly ResponseName[];
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  /** The alert that led to it. */
  readonly rule: number;
  readonly line: string;
  /** Why it may be blocked. */
  readonly verdict: AlertVerdict;
  /** Why it would only have been observed, where that is so. */
  readonly observed?: string;
}

/** Keeps the blocks in force while a history goes by. */
export interface BlockBook {
  /** The block that begins with this alert: none while it is in force already, none of what is never blocked. */
  consider(alert: Alert): WouldBlock | undefined;
  /** Alerts that asked for a block of what is never blocked. */
  spared(): number;
  /** Alerts that asked for a block and had a verdict that does not lead to one, by that verdict. */
  held(): Readonly<Partial<Record<VerdictClass, number>>>;
  /** Where the circuit breaker would have tripped. */
  trips(): readonly Trip[];
}

/**
 * Opens the book for some settings. Of what is never blocked it knows the white list and the addresses that are nobody's:
 * this machine's own addresses and gateways of today say nothing of another day.
 */
export function openBlockBook(
  settings: Pick<Settings, "activeResponses" | "blocking" | "breaker">,
  untouchables: readonly Untouchable[],
): BlockBook {
  const wishesOf = openWishes(settings);
  const { begin, trips } = openBlocks(settings);
  const { hold, held } = openHeld(settings);
  let spared = 0;
  return {
    consider(alert) {
      const wishes = wishesOf(alert);
      const [wish] = wishes;
      if (!wish) {
        hold(alert);
        return undefined;
      }
      const network = coveredBy(wish.address);
      if (!protectorOf(network, untouchables)) return begin(wishes, network.text, alert);
      spared += 1;
      return undefined;
    },
    spared: () => spared,
    held,
    trips,
  };
}

/** The blocks in force, and whom they hit before. */
function openBlocks(settings: Pick<Settings, "blocking" | "breaker">) {
  const until = new Map<string, number>();
  const { refusal, trips } = openRefusal(settings.breaker);
  let now = Number.NEGATIVE_INFINITY;
  const offenders = openOffenders(settings.blocking, () => now);

  const begin = (
    wishes: readonly Asked[],
    network: string,
    alert: Alert,
  ): WouldBlock | undefined => {
    const { at: since, fullLog: line, verdict } = alert.event;
    const isInForce = ({ response }: Asked) => since < (until.get(`${response} ${network}`) ?? -1);
    now = Math.max(now, since);
    const fresh = armedFirst(wishes.filter((wish) => !isInForce(wish))).map((wish) => ({
      ...wish,
      seconds: offenders.secondsFor(wish.address, wish.seconds),
    }));
    if (fresh.length === 0 || !verdict) return undefined;
    const ends = fresh.map(({ response, seconds }) => {
      const end = since + seconds * 1000;
      until.set(`${response} ${network}`, end);
      return end;
    });
    const responses = fresh.map(({ response }) => response);
    const times = { since, until: Math.max(...ends) };
    const observed = fresh[0]?.observed ?? refusal(fresh, alert);
    const block = { network, responses, ...times, rule: alert.rule.id, line, verdict };
    if (observed !== undefined) return { ...block, observed };
    for (const { address, seconds } of fresh) offenders.note(address, seconds);
    return block;
  };
  return { begin, trips };
}

/** Alerts whose verdict does not lead to a block that they ask for. */
function openHeld({ activeResponses }: Pick<Settings, "activeResponses">) {
  const counts = new Map<VerdictClass, number>();
  const hold = ({ rule, event, mayBlock }: Alert) => {
    const name = event.verdict?.class;
    if (!mayBlock || !name || conditionsFor(rule, activeResponses).length === 0) return;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  return { hold, held: () => Object.fromEntries(counts) };
}

/** What blocks counts, not what else would have. */
function armedFirst(wishes: readonly Asked[]): readonly Asked[] {
  const armed = wishes.filter(({ observed }) => observed === undefined);
  return armed.length > 0 ? armed : wishes;
}

/** The circuit breaker, by the times of the history. A source is counted once, with the longest of its blocks. */
function openRefusal(limits: Limits) {
  let now = Number.NEGATIVE_INFINITY;
  const breaker = openBreaker(limits, () => now);
  const refusal = (fresh: readonly Asked[], { rule, event }: Alert) => {
    const [longest] = fresh.toSorted((a, b) => b.seconds - a.seconds);
    now = Math.max(now, event.at);
    const stop = longest && breaker.ask({ ...longest, rule: rule.id, line: event.fullLog });
    return stop && "circuit breaker";
  };
  return { refusal, trips: () => breaker.trips() };
}

/** The white list as it is written, names as they resolve now. `problems` name those that do not. */
export function whiteListOf({ global }: Settings) {
  return listUntouchables(listedIn(global), new Map(), {
    interfaces: () => [],
    routes: async () => ({ v4: "", v6: "" }),
    resolvConf: async () => "",
    items: async () => [],
    resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  });
}
