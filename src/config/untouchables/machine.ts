/** The gateways of /proc/net/route: columns 2 and 3 are gateway in host byte order and flags; 0x2 is RTF_GATEWAY. */
export function gatewaysV4(table: string): string[] {
  return table.split("\n").flatMap((row) => {
    const [, , gateway = "", flags = ""] = row.split(/\s+/);
    if (!/^[0-9A-F]{8}$/.test(gateway) || (Number.parseInt(flags, 16) & 2) === 0) return [];
    return [Buffer.from(gateway, "hex").reverse().join(".")];
  });
}

/** The gateways of /proc/net/ipv6_route: columns 4 and 8 are next hop as 32 hex digits and flags. */
export function gatewaysV6(table: string): string[] {
  return table.split("\n").flatMap((row) => {
    const columns = row.trim().split(/\s+/);
    const hop = columns[4] ?? "";
    const flags = Number.parseInt(columns[8] ?? "0", 16);
    if (!/^[0-9a-f]{32}$/.test(hop) || /^0+$/.test(hop) || (flags & 2) === 0) return [];
    return [hop.replace(/(.{4})(?!$)/g, "$1:")];
  });
}

/** The resolvers of resolv.conf(5). */
export function resolversIn(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^\s*nameserver\s+([^\s%]+)/gm)].map((match) => match[1] ?? "");
}
