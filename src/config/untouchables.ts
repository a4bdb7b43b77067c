import { type Address, parseAddress } from "../core/address.ts";
import { type Network, overlaps, parseNetwork } from "../core/network.ts";
import { always } from "./untouchables/always.ts";
import type { Facts } from "./untouchables/facts.ts";
import { gatewaysV4, gatewaysV6, resolversIn } from "./untouchables/machine.ts";
import type { Item } from "./untouchables/relied-on.ts";

/** Something that is never blocked, and why. */
export interface Untouchable {
  readonly network: Network;
  readonly reason: string;
}

/** The addresses of names, as they were when each last resolved. */
export type Names = ReadonlyMap<string, readonly Address[]>;

/** The list, the names in it, and what the admin should know. */
export interface Listed {
  readonly untouchables: readonly Untouchable[];
  readonly names: Names;
  readonly problems: readonly string[];
}

/**
 * Lists everything that must not be blocked now: the white list with its names resolved, this machine's own
 * addresses, its gateways and resolvers, the servers it relies on, what is allowed for a while, and the ranges that are
 * nobody's. Ask again every few minutes: all of it changes. A name that does not resolve stands for its addresses in
 * `lastKnown`, if any; `problems` says so where somebody wrote that name for us. The answer's `names` are the next call's
 * `lastKnown`; a name that is not wanted any more is not in it.
 */
export async function listUntouchables(
  whiteList: readonly string[],
  lastKnown: Names,
  facts: Facts,
): Promise<Listed> {
  const items = await itemsOf(whiteList, facts);
  const { names, problems } = await addressesOf(items, lastKnown, facts);
  return { untouchables: await entriesOf(items, names, facts), names, problems };
}

/** The same without asking a resolver: names stand for their addresses in `names`. Takes a millisecond. */
export async function untouchablesNow(
  whiteList: readonly string[],
  names: Names,
  facts: Facts,
): Promise<Untouchable[]> {
  return entriesOf(await itemsOf(whiteList, facts), names, facts);
}

/** What the settings say: the white list, and the networks that are ours. */
export function listedIn({ whiteList, homeNets }: Listing): string[] {
  return [...whiteList, ...homeNets];
}

interface Listing {
  readonly whiteList: readonly string[];
  readonly homeNets: readonly string[];
}

/** The first entry that shares an address with `network`, or undefined when it may be blocked. */
export function protectorOf(
  network: Network,
  untouchables: readonly Untouchable[],
): Untouchable | undefined {
  return untouchables.find((untouchable) => overlaps(untouchable.network, network));
}

async function itemsOf(whiteList: readonly string[], facts: Facts): Promise<Item[]> {
  const own = whiteList.map((text) => ({
    text,
    reason: parseNetwork(text) ? "white list" : `white list: ${text}`,
    isWanted: true,
  }));
  return [...own, ...(await facts.items())];
}

async function entriesOf(
  items: readonly Item[],
  names: Names,
  facts: Facts,
): Promise<Untouchable[]> {
  const { v4, v6 } = await facts.routes();
  return [
    ...items.flatMap(({ text, reason }) =>
      (names.get(text) ?? [text]).flatMap((one) => entry(one, reason)),
    ),
    ...facts.interfaces().flatMap((address) => entry(address, "this server's own address")),
    // A router has thousands of routes by a few gateways.
    ...[...new Set([...gatewaysV4(v4), ...gatewaysV6(v6)])].flatMap((text) =>
      entry(text, "gateway"),
    ),
    ...resolversIn(await facts.resolvConf()).flatMap((text) => entry(text, "resolver")),
    ...always.flatMap(([text, reason]) => entry(text, reason)),
  ];
}

async function addressesOf(
  items: readonly Item[],
  lastKnown: Names,
  facts: Facts,
): Promise<{ names: Names; problems: string[] }> {
  const named = items.filter(({ text }) => !parseNetwork(text));
  const problems: string[] = [];
  const ask = async ({ text, isWanted }: Item): Promise<[string, readonly Address[]]> => {
    const now = await resolved(text, facts);
    if (now.length > 0) return [text, now];
    const last = lastKnown.get(text) ?? [];
    const rest = last.length > 0 ? `, its last addresses stay: ${last.join(" ")}` : "";
    if (isWanted) problems.push(`white list name ${text} does not resolve${rest}`);
    return [text, last];
  };
  const wanted = new Map(named.map((item) => [item.text, item]));
  const asked = await Promise.all([...wanted.values()].map(ask));
  return { names: new Map(asked.filter(([, addresses]) => addresses.length > 0)), problems };
}

/** A name with more addresses than this protects the first of them. */
const maxAddresses = 64;

/** Sorted, because resolvers rotate their answers. Nothing when the name does not resolve, for whatever reason. */
async function resolved(name: string, facts: Facts): Promise<Address[]> {
  const texts = await facts.resolve(name).catch((): string[] => []);
  const addresses = texts.flatMap((text) => parseAddress(text) ?? []);
  return addresses.sort().slice(0, maxAddresses);
}

function entry(text: string, reason: string): Untouchable[] {
  const network = parseNetwork(text);
  return network ? [{ network, reason }] : [];
}
