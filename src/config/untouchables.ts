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
  ] as const
).flatMap(([text, reason]) => entry(text, reason));

/**
 * Lists everything that must not be blocked now: the white list with its names resolved, this machine's own
 * addresses, its gateways and resolvers, and the ranges that are nobody's. Ask again every few minutes: all of it changes.
 * A name that does not resolve is reported in `problems`; the rest of the list stands.
 */
export async function listUntouchables(
  whiteList: readonly string[],
  facts: Facts = systemFacts,
): Promise<{ untouchables: Untouchable[]; problems: string[] }> {
  const problems: string[] = [];
  const named = await Promise.all(whiteList.map((item) => whiteListed(item, facts, problems)));
  const { v4, v6 } = await facts.routes();
  const untouchables = [
    ...named.flat(),
    ...facts.interfaces().flatMap((address) => entry(address, "this server's own address")),
    ...[...gatewaysV4(v4), ...gatewaysV6(v6)].flatMap((text) => entry(text, "gateway")),
    ...resolvers(await facts.resolvConf()).flatMap((text) => entry(text, "resolver")),
    ...always,
  ];
  return { untouchables, problems };
}

/** The first entry that shares an address with `network`, or undefined when it may be blocked. */
export function protectorOf(
  network: Network,
  untouchables: readonly Untouchable[],
): Untouchable | undefined {
  return untouchables.find((untouchable) => overlaps(untouchable.network, network));
}

async function whiteListed(item: string, facts: Facts, problems: string[]): Promise<Untouchable[]> {
  if (parseNetwork(item)) return entry(item, "white list");
  try {
    const addresses = await facts.resolve(item);
    return addresses.flatMap((address) => entry(address, `white list: ${item}`));
  } catch {
    problems.push(`white list name ${item} does not resolve`);
    return [];
  }
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
  interfaces: () =>
    Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).flatMap(({ address }) => parseAddress(address) ?? []),
    ),
  routes: async () => ({
    v4: await readOr("/proc/net/route"),
    v6: await readOr("/proc/net/ipv6_route"),
  }),
  resolvConf: () => readOr("/etc/resolv.conf"),
  resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
};
