import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { maxBlockSeconds } from "../../core/block.ts";
import { Failure, reasonOf } from "../../core/failure.ts";
import { parseNetwork } from "../../core/network.ts";

/** A ban that fail2ban has in force. */
export interface Ban {
  readonly network: string;
  readonly jail: string;
  /** What is left of it. */
  readonly seconds: number;
}

/**
 * The bans in force in fail2ban's database (`bips`), which is only read, each address once with the longest of its bans; what is
 * no address is left out. `now` in milliseconds. Throws a `Failure` when the file is no such database.
 */
export function bansIn(file: string, now: number): Ban[] {
  if (!existsSync(file)) return [];
  const longest = new Map<string, Ban>();
  for (const { ip, jail, timeofban, bantime } of rowsOf(file)) {
    const network = parseNetwork(String(ip))?.text;
    const end =
      Number(bantime) < 0 ? Number.POSITIVE_INFINITY : Number(timeofban) + Number(bantime);
    const seconds = Math.min(Math.floor(end - now / 1000), maxBlockSeconds);
    if (network === undefined || !(seconds > 0)) continue;
    const known = longest.get(network);
    if (!known || known.seconds < seconds)
      longest.set(network, { network, jail: String(jail), seconds });
  }
  return [...longest.values()];
}

function rowsOf(file: string): Record<string, unknown>[] {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return database.prepare("SELECT ip, jail, timeofban, bantime FROM bips").all();
    } finally {
      database.close();
    }
  } catch (thrown) {
    const hint = "bans in force are not taken; --no-bans leaves them out";
    throw new Failure(`cannot read ${file}: ${reasonOf(thrown)}`, {
      hint,
      exitCode: 65,
      cause: thrown,
    });
  }
}
