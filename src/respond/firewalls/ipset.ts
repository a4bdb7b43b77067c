import type { Firewall } from "../firewall.ts";
import type { Run } from "../run.ts";
import { connectionCutter } from "./connections.ts";
import { driftOf } from "./drift.ts";
import { type Iptables, iptables } from "./iptables.ts";
import { type Content, type SetPair, setPair } from "./set-pair.ts";
import { type Members, maxSetSeconds } from "./sets.ts";

/**
 * Drops by iptables and ipset: the price of a packet does not grow with the number of blocks, and the kernel ends each
 * entry itself, see ipset(8), "timeout". Above the set to drop stands one to let through: a packet from its members goes
 * on to the rules of everybody else, whatever mistake of ours has put it into the other set as well.
 */
export function ipset(family: 4 | 6, run: Run, sbin = "/usr/sbin"): Firewall {
  const pair = setPair(family, run, sbin);
  const table = iptables(family, run, sbin);
  const cutConnections = connectionCutter(family, run);
  let isTidy = false;
  return {
    name: "ipset",
    family,
    async reconcile({ drop, allow }) {
      const through = allow && endless(allow);
      const { content, renewed } = await inThisLayout(pair, table, drop, through);
      await pair.create();
      const isSpared = !through || hasSame(content.allow, through);
      if (!isSpared) await pair.letThrough(through);
      const drift = driftOf(content.drop ?? new Map(), drop(), maxSetSeconds);
      await pair.change(drift.changes);
      const missing = await table.ensure(pair.rules);
      if (!isTidy) await pair.dropStandIns();
      isTidy = true;
      const sparing = isSpared ? [] : ["the list of the untouchables"];
      const words = [...renewed, ...sparing, ...drift.words, ...missing];
      return words.map((part) => `${part} (IPv${family})`);
    },
    async apply(changes) {
      await pair.change(changes);
      cutConnections(changes.filter(({ verb }) => verb === "add").map(({ network }) => network));
    },
    allow: (networks) => pair.letThrough(endless(networks)),
    list: async () => new Map((await pair.read()).content.drop),
  };
}

/**
 * What is in the sets, after those of another layout have been replaced, which are named. Those cannot be swapped, so
 * stand-ins drop while the sets are made anew.
 */
async function inThisLayout(
  pair: SetPair,
  table: Iptables,
  drop: () => Members,
  allow: Members | undefined,
): Promise<{ content: Content; renewed: string[] }> {
  const { content, stale } = await pair.read();
  if (stale.length === 0) return { content, renewed: [] };
  const due = { drop: drop(), allow: allow ?? content.allow };
  await pair.fillStandIns(due);
  await table.ensure(pair.rulesOfStandIns);
  await pair.destroy(stale);
  await pair.fill(due);
  await table.ensure(pair.rules);
  await pair.dropStandIns();
  const renewed = stale.map(({ name }) => `the old layout of set ${name}`);
  return { content: (await pair.read()).content, renewed };
}

function endless(networks: readonly string[]): Members {
  return new Map(networks.map((network) => [network, Number.POSITIVE_INFINITY]));
}

function hasSame(found: Members | undefined, wanted: Members): boolean {
  return found?.size === wanted.size && [...wanted.keys()].every((network) => found.has(network));
}
