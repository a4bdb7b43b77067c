import { realpath } from "node:fs/promises";
import { Failure } from "../../core/failure.ts";
import type { Run } from "../run.ts";
import { gapIn, removalFrom } from "./chain.ts";

/** The filter table of one family, by the program that `iptables` of this machine is at the moment. */
export interface Iptables {
  /** The rules of the table as `iptables -S` prints them. */
  rules(): Promise<string>;
  /**
   * Puts the chain STOCKADE with exactly these rules and the jumps to it where they have to be, in one transaction, and
   * names what had to change. `rules` may be given where they have just been read.
   */
  ensure(chain: readonly string[], rules?: string): Promise<string[]>;
}

/**
 * iptables comes twice, as iptables-nft and iptables-legacy, and the kernel obeys the rules of both. Ours are put in by the
 * one that `iptables` in the folder `sbin` leads to; what is left in the other, because the admin has switched, is
 * taken away as soon as the new ones are in place.
 */
export function iptables(family: 4 | 6, run: Run, sbin: string): Iptables {
  const name = family === 4 ? "iptables" : "ip6tables";
  let sweptBeside: string | undefined;

  const must = async (program: string, args: readonly string[], input?: string) => {
    const ran = await run(`${sbin}/${program}`, ["--wait=5", ...args], input);
    if (ran.ok) return ran.output;
    throw new Failure(ran.reason, { exitCode: 69 });
  };
  const commit = (program: string, commands: string) =>
    must(`${program}-restore`, ["--noflush"], commands);

  /** Merely looking into the legacy table would create it, if it was not there. */
  const mayHold = async (other: string) => {
    if (!other.endsWith("-legacy")) return true;
    const names = await run("/usr/bin/cat", [
      `/proc/net/${family === 4 ? "ip" : "ip6"}_tables_names`,
    ]);
    return names.ok && names.output.includes("filter");
  };
  const sweep = async (other: string) => {
    const removal = removalFrom(await must(other, ["-S"]).catch(() => ""));
    if (removal === "") return [];
    await commit(other, removal);
    return [`what was left in ${other}`];
  };
  const sweepOthers = async () => {
    const ours = await realpath(`${sbin}/${name}`).catch(() => "");
    if (ours === sweptBeside) return [];
    const swept: string[] = [];
    for (const other of [`${name}-nft`, `${name}-legacy`]) {
      const theirs = await realpath(`${sbin}/${other}`).catch(() => ours);
      if (theirs !== ours && (await mayHold(other))) swept.push(...(await sweep(other)));
    }
    sweptBeside = ours;
    return swept;
  };

  const rules = () => must(name, ["-S"]);
  return {
    rules,
    async ensure(chain, found) {
      const gap = gapIn(found ?? (await rules()), chain);
      if (gap.commands !== "") await commit(name, gap.commands);
      return [...gap.missing, ...(await sweepOthers())];
    },
  };
}
