import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sign, tried } from "../check.ts";

/** A table of sockets below /proc/1/net, and where the kernel says how many there are: net/ipv4/proc.c. */
const tables = [
  { table: "tcp", counts: "sockstat", row: "TCP" },
  { table: "tcp6", counts: "sockstat6", row: "TCP6" },
  { table: "udp", counts: "sockstat", row: "UDP" },
  { table: "udp6", counts: "sockstat6", row: "UDP6" },
] as const;
type Table = (typeof tables)[number];

/** More rows take too long for the count beside them to mean anything. */
const mostRows = 5000;

/** Sockets that the kernel counts and its own table leaves out, at every look. */
export async function hiddenSockets(proc: string, looks: number, between: number): Promise<Sign[]> {
  let missing = tables.map((table) => ({ table, count: missingIn(proc, table) }));
  for (let look = 1; look < looks; look++) {
    missing = missing.filter(({ count }) => count > 0);
    if (missing.length === 0) return [];
    await sleep(between);
    missing = missing.map(({ table, count }) => ({
      table,
      count: Math.min(count, missingIn(proc, table)),
    }));
  }
  return missing
    .filter(({ count }) => count > 0)
    .map(({ table, count }) => hiddenSign(table, count));
}

function missingIn(proc: string, { table, counts, row }: Table): number {
  const folder = join(proc, "1/net");
  const counted = () => {
    const text = tried(() => readFileSync(join(folder, counts), "latin1"), "");
    return Number(new RegExp(`^${row}: inuse (\\d+)`, "m").exec(text)?.[1] ?? Number.NaN);
  };
  const before = counted();
  if (!(before <= mostRows)) return 0;
  const text = tried(() => readFileSync(join(folder, table), "latin1"), undefined);
  if (text === undefined || counted() !== before) return 0;
  return before - text.split("\n").slice(1).filter(isCounted).length;
}

/** Connections that are over (timer 3) and those that are not there yet (state 3) are listed, and not counted. */
function isCounted(line: string): boolean {
  const [, , , state, , timer = ""] = line.trim().split(/\s+/);
  return state !== undefined && state !== "03" && !timer.startsWith("03:");
}

function hiddenSign({ table }: Table, count: number): Sign {
  const text = `${count} sockets of ${table} are counted by the kernel and not listed in /proc/net/${table}. Possible kernel-level rootkit.`;
  return { key: `hidden sockets ${table}`, text, kind: "hidden" };
}
