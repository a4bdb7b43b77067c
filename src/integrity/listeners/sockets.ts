import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAddress } from "../../core/address.ts";

/** A socket that takes what comes to it, as proc(5) shows it. */
export interface ListeningSocket {
  readonly protocol: "tcp" | "udp";
  /** "0.0.0.0", "::", "127.0.0.1". */
  readonly address: string;
  readonly port: number;
  readonly uid: number;
  /** By which /proc/PID/fd names it. */
  readonly inode: number;
}

const tables = [
  ["tcp", "tcp", "0A"],
  ["tcp6", "tcp", "0A"],
  ["udp", "udp", "07"],
  ["udp6", "udp", "07"],
] as const;

/**
 * The sockets that listen in the network of the first process, and those of UDP that are connected to nobody. `proc` is "/proc".
 * A table that the kernel does not have is empty: without IPv6 there is no tcp6.
 */
export function listeningSockets(proc: string): ListeningSocket[] {
  return tables.flatMap(([table, protocol, state]) =>
    rowsOf(join(proc, "1/net", table), state).flatMap((row) => socketIn(row, protocol) ?? []),
  );
}

/** The state stands between blanks; a busy server has a hundred thousand rows of others. */
function rowsOf(file: string, state: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, "latin1");
  } catch {
    return [];
  }
  const sought = ` ${state} `;
  const rows: string[] = [];
  for (let at = text.indexOf(sought); at !== -1; at = text.indexOf(sought, at + 1)) {
    const begin = text.lastIndexOf("\n", at) + 1;
    const end = text.indexOf("\n", at);
    rows.push(text.slice(begin, end === -1 ? undefined : end));
    at = end === -1 ? text.length : end;
  }
  return rows;
}

function socketIn(row: string, protocol: "tcp" | "udp"): ListeningSocket | undefined {
  const [, local = "", remote = "", , , , , uid, , inode] = row.trim().split(/\s+/);
  const [address = "", port = ""] = local.split(":");
  const isForAll = /^0+:0000$/.test(remote);
  const read = addressIn(address);
  if (!isForAll || read === undefined || !/^\d+$/.test(inode ?? "")) return undefined;
  const number = Number.parseInt(port, 16);
  return { protocol, address: read, port: number, uid: Number(uid), inode: Number(inode) };
}

/** Four or sixteen bytes in words of the machine's own order, which is little-endian on all that we run on. */
function addressIn(hex: string): string | undefined {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => [...Buffer.from(word, "hex")].reverse());
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_, n) =>
    (((bytes[2 * n] ?? 0) << 8) | (bytes[2 * n + 1] ?? 0)).toString(16),
  );
  return parseAddress(groups.join(":"));
}
