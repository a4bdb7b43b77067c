import { lookup } from "node:dns/promises";
import { conditionsFor } from "../../analyse/active-response.ts";
import type { Settings } from "../../config/settings.ts";
import { listUntouchables, protectorOf, type Untouchable } from "../../config/untouchables.ts";
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
}

/**
 * Opens the book for some settings. Of what is never blocked it knows the white list and the addresses that are nobody's:
 * this machine's own addresses and gateways of today say nothing of another day.
 */
export function openBlockBook(
  settings: Pick<Settings, "activeResponses" | "blocking">,
  untouchables: readonly Untouchable[],
): BlockBook {
  const wishesOf = openWishes(settings);
  const until = new Map<string, number>();
  let spared = 0;
  const held = new Map<VerdictClass, number>();

  const isInForce = (key: string, at: number) => at < (until.get(key) ?? Number.NEGATIVE_INFINITY);

  const hold = ({ rule, event, mayBlock }: Alert) => {
    const name = event.verdict?.class;
    if (!mayBlock || !name || conditionsFor(rule, settings.activeResponses).length === 0) return;
    held.set(name, (held.get(name) ?? 0) + 1);
  };

  const begin = (wishes: readonly Asked[], network: string, { rule, event }: Alert) => {
    const { at: since, fullLog: line, verdict } = event;
    const all = wishes.filter(({ response }) => !isInForce(`${response} ${network}`, since));
    // What blocks counts, not what else would have.
    const armed = all.filter(({ observed }) => observed === undefined);
    const fresh = armed.length > 0 ? armed : all;
    if (fresh.length === 0 || !verdict) return undefined;
    const ends = fresh.map(({ response, seconds }) => {
      const end = since + seconds * 1000;
      until.set(`${response} ${network}`, end);
      return end;
    });
    const responses = fresh.map(({ response }) => response);
    const times = { since, until: Math.max(...ends) };
    const block = { network, responses, ...times, rule: rule.id, line, verdict };
    const [why] = fresh.map(({ observed }) => observed);
    return why === undefined ? block : { ...block, observed: why };
  };

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
    held: () => Object.fromEntries(held),
  };
}

/** The white list as it is written, names as they resolve now. `problems` name those that do not. */
export function whiteListOf({ global }: Settings) {
  return listUntouchables(global.whiteList, new Map(), {
    interfaces: () => [],
    routes: async () => ({ v4: "", v6: "" }),
    resolvConf: async () => "",
    resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  });
}
