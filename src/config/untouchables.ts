import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { type Address, parseAddress } from "../core/address.ts";
import { type Network, overlaps, parseNetwork } from "../core/network.ts";

/** Something that is never blocked, and why. */
export interface Untouchable {
  readonly network: Network;
  readonly reason: string;
}

/** What the list is computed from. `systemFacts` asks this machine; tests say what they like. */
export interface Facts {
  interfaces(): Address[];
  /** /proc/net/route and /proc/net/ipv6_route, see proc_net(5). */
  routes(): Promise<{ v4: string; v6: string }>;
  resolvConf(): Promise<string>;
  resolve(name: string): Promise<string[]>;
}

/** The addresses of white-listed names, as they were when each last resolved. */
export type Names = ReadonlyMap<string, readonly Address[]>;

/**
 * What is nobody's, and where the /64 that a block of IPv6 covers is not one host but many strangers: behind a
 * translator (RFC 6052, RFC 8215) and in Teredo (RFC 4380: a server's clients share their first 64 bits). The price
 * is that an attacker in there is only reported. Not so 6to4, 2002::/16 (RFC 3056): its /64 lies behind one IPv4
 * address. A translator with a prefix of the network's own cannot be known here: white-list it.
 */
const always = (
  [
    ["127.0.0.0/8", "loopback"],
    ["::1", "loopback"],
    ["0.0.0.0/8", "this network"],
    ["::", "unspecified"],
    ["169.254.0.0/16", "link-local, cloud metadata"],
    ["fe80::/10", "link-local"],
    ["224.0.0.0/4", "multicast"],
    ["ff00::/8", "multicast"],
    ["255.255.255.255", "broadcast"],
    ["64:ff9b::/96", "NAT64, the /64 of a block would be all of IPv4"],
    ["64:ff9b:1::/48", "NAT64, the /64 of a block would be all of IPv4"],
    ["2001::/32", "Teredo, the /64 of a block would be everybody behind one Teredo server"],
  ] as const
).flatMap(([text, reason]) => entry(text, reason));

/**
 * Lists everything that must not be blocked now: the white list with its names resolved, this machine's own
 * addresses, its gateways and resolvers, and the ranges that are nobody's. Ask again every few minutes: all of it changes.
 * A name that does not resolve is reported in `problems` and stands for its addresses in `lastKnown`, if any. The
 * answer's `names` are the next call's `lastKnown`; a name that has left the white list is not in it.
 */
export async function listUntouchables(
  whiteList: readonly string[],
  lastKnown: Names = new Map(),
  facts: Facts = systemFacts,
): Promise<{ untouchables: Untouchable[]; names: Names; problems: string[] }> {
  const { names, problems } = await addressesOf(
    whiteList.filter((item) => !parseNetwork(item)),
    lastKnown,
    facts,
  );
  const { v4, v6 } = await facts.routes();
  const untouchables = [
    ...whiteList.flatMap((item) => entry(item, "white list")),
    ...[...names].flatMap(([name, addresses]) =>
      addresses.flatMap((address) => entry(address, `white list: ${name}`)),
    ),
    ...facts.interfaces().flatMap((address) => entry(address, "this server's own address")),
    ...[...gatewaysV4(v4), ...gatewaysV6(v6)].flatMap((text) => entry(text, "gateway")),
    ...resolvers(await facts.resolvConf()).flatMap((text) => entry(text, "resolver")),
    ...always,
  ];
  return { untouchables, names, problems };
}

/** The first entry that shares an address with `network`, or undefined when it may be blocked. */
export function protectorOf(
  network: Network,
  untouchables: readonly Untouchable[],
): Untouchable | undefined {
  return untouchables.find((untouchable) => overlaps(untouchable.network, network));
}

/** The addresses of this machine's interfaces. */
export function ownAddresses(): Address[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).flatMap(({ address }) => parseAddress(address) ?? []),
  );
}

async function addressesOf(
  wanted: readonly string[],
  lastKnown: Names,
  facts: Facts,
): Promise<{ names: Names; problems: string[] }> {
  const problems: string[] = [];
  const ask = async (name: string): Promise<[string, readonly Address[]]> => {
    const now = await resolved(name, facts);
    if (now.length > 0) return [name, now];
    const last = lastKnown.get(name) ?? [];
    const rest = last.length > 0 ? `, its last addresses stay: ${last.join(" ")}` : "";
    problems.push(`white list name ${name} does not resolve${rest}`);
    return [name, last];
  };
  const asked = await Promise.all(wanted.map(ask));
  return { names: new Map(asked.filter(([, addresses]) => addresses.length > 0)), problems };
}

/** Sorted, because resolvers rotate their answers. Nothing when the name does not resolve, for whatever reason. */
async function resolved(name: string, facts: Facts): Promise<Address[]> {
  const texts = await facts.resolve(name).catch((): string[] => []);
  return texts.flatMap((text) => parseAddress(text) ?? []).sort();
}

function entry(text: string, reason: string): Untouchable[] {
  const network = parseNetwork(text);
  return network ? [{ network, reason }] : [];
}

/** Columns 2 and 3 of /proc/net/route: gateway in host byte order, flags; 0x2 is RTF_GATEWAY. */
function gatewaysV4(table: string): string[] {
  return table.split("\n").flatMap((row) => {
    const [, , gateway = "", flags = ""] = row.split(/\s+/);
    if (!/^[0-9A-F]{8}$/.test(gateway) || (Number.parseInt(flags, 16) & 2) === 0) return [];
    return [Buffer.from(gateway, "hex").reverse().join(".")];
  });
}

/** Columns 4 and 8 of /proc/net/ipv6_route: next hop as 32 hex digits, flags. */
function gatewaysV6(table: string): string[] {
  return table.split("\n").flatMap((row) => {
    const columns = row.trim().split(/\s+/);
    const hop = columns[4] ?? "";
    const flags = Number.parseInt(columns[8] ?? "0", 16);
    if (!/^[0-9a-f]{32}$/.test(hop) || /^0+$/.test(hop) || (flags & 2) === 0) return [];
    return [hop.replace(/(.{4})(?!$)/g, "$1:")];
  });
}

function resolvers(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^\s*nameserver\s+([^\s%]+)/gm)].map((match) => match[1] ?? "");
}

const readOr = (path: string) => readFile(path, "utf8").catch(() => "");

const systemFacts: Facts = {
  interfaces: ownAddresses,
  routes: async () => ({
    v4: await readOr("/proc/net/route"),
    v6: await readOr("/proc/net/ipv6_route"),
  }),
  resolvConf: () => readOr("/etc/resolv.conf"),
  resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
};
