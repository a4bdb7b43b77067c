import { readFileSync } from "node:fs";
import { parseAddress } from "../core/address.ts";

/** The other ends of this machine's TCP connections, as "address port"; see proc_net_tcp(5). */
export function establishedPeers(): ReadonlySet<string> {
  return new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) => peersIn(read(path))));
}

/** Rows of /proc/net/tcp or tcp6: column 2 is the other end in hex, column 3 the state, of which 01 is established. */
export function peersIn(table: string): string[] {
  return table.split("\n").flatMap((row) => {
    const [, , remote = "", state] = row.trim().split(/\s+/);
    const [hex = "", port = ""] = remote.split(":");
    const address = state === "01" ? addressOf(hex) : undefined;
    return address === undefined ? [] : [`${address} ${Number.parseInt(port, 16)}`];
  });
}

/** Words of 32 bits, each as this machine stores it: the four bytes backwards. */
function addressOf(hex: string): string | undefined {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => [...Buffer.from(word, "hex").reverse()]);
  if (bytes.length === 4) return parseAddress(bytes.join("."));
  const groups = Buffer.from(bytes).toString("hex").match(/.{4}/g) ?? [];
  return parseAddress(groups.join(":"));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Without IPv6 there is no tcp6.
    return "";
  }
}
