import type { FormatReader } from "./reading.ts";

/** Remembers the last line of each host. */
export interface KnownHosts {
  has(host: string): boolean;
  /** The line before, when this is another one. */
  peek(host: string, line: string): string | undefined;
  commit(host: string, line: string): void;
}

const host = /^Host: ([0-9A-Fa-f.:]{2,45}) /;

/**
 * Reads what nmap found, as OSSEC does (`hostinfo.c`): a host that was not seen before is of the decoder `hostinfo_new`, one
 * of which the ports or the name are others now of `hostinfo_modified`, for rules 581 and 580; the line before is its
 * `extra_data`. The line that is known already is of `hostinfo`, and no rule asks for that. OSSEC takes 192.0.2.10 for
 * 192.0.2.1, and drops what is known.
 */
export function hostInfoReader(known: KnownHosts): FormatReader {
  return (text) => {
    const [, address] = host.exec(text) ?? [];
    if (address === undefined) return undefined;
    const read = { at: undefined, start: 0, category: "ossec" } as const;
    if (!known.has(address)) {
      known.commit(address, text);
      return { ...read, decoder: "hostinfo_new", fields: {} };
    }
    const before = known.peek(address, text);
    if (before === undefined) return { ...read, decoder: "hostinfo", fields: {} };
    known.commit(address, text);
    return { ...read, decoder: "hostinfo_modified", fields: { extra_data: before } };
  };
}

/** What is remembered by whoever keeps nothing for good. */
export function hostsInMemory(): KnownHosts {
  const lines = new Map<string, string>();
  return {
    has: (address) => lines.has(address),
    peek: (address, line) => (lines.get(address) === line ? undefined : lines.get(address)),
    commit(address, line) {
      if (lines.size >= mostHosts) lines.clear();
      lines.set(address, line);
    },
  };
}

const mostHosts = 10_000;
