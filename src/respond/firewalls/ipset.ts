import { type Firewall, ownTurn, type Turn, type Wanted } from "../firewall.ts";
import type { Run } from "../run.ts";
import { inSlices } from "../slices.ts";
import { connectionCutter } from "./connections.ts";
import { compare, driftIn } from "./drift.ts";
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
    async reconcile(wanted, turn = ownTurn) {
      const { content, renewed } = await inThisLayout(pair, table, wanted, turn);
      await pair.create();
      const allow = wanted.allow && endless(wanted.allow);
      const found = content.drop ?? new Map<string, number>();
      const differences = await inSlices(compare(found, await wanted.drop(), maxSetSeconds));
      const isSpared = !allow || hasSame(content.allow, allow);
      const isSame = isSpared && driftIn(differences, turn.hasChanged).changes.length === 0;
      const words: string[] = [];
      if (!isSame || !isTidy)
        await turn.take(async () => {
          if (!isSpared) words.push(...(await spare(pair, wanted)));
          const drift = driftIn(differences, turn.hasChanged);
          await pair.change(drift.changes);
          words.push(...drift.words);
          if (!isTidy) await pair.dropStandIns();
        });
      isTidy = true;
      const missing = await table.ensure(pair.rules);
      return [...renewed, ...words, ...missing].map((part) => `${part} (IPv${family})`);
    },
    async apply(changes) {
      await pair.change(changes);
      cutConnections(changes.filter(({ verb }) => verb === "add").map(({ network }) => network));
    },
    allow: (networks) => pair.letThrough(endless(networks)),
    find: (some) => pair.find(some),
    list: async () => new Map((await pair.read()).content.drop),
  };
}

/** Whoever changes the list of the untouchables does so in his turn; he may have been here meanwhile. */
async function spare(pair: SetPair, { allow }: Wanted): Promise<string[]> {
  if (!allow || hasSame(await pair.allowed(), endless(allow))) return [];
  await pair.letThrough(endless(allow));
  return ["the list of the untouchables"];
}

/**
 * What is in the sets, after those of another layout have been replaced, which are named. Those cannot be swapped, so
 * stand-ins drop while the sets are made anew.
 */
async function inThisLayout(
  pair: SetPair,
  table: Iptables,
  wanted: Wanted,
  turn: Turn,
): Promise<{ content: Content; renewed: string[] }> {
  const { content, stale } = await pair.read();
  if (stale.length === 0) return { content, renewed: [] };
  await turn.take(async () => {
    const allow = wanted.allow ? endless(wanted.allow) : content.allow;
    const due = { drop: await wanted.drop(), allow };
    await pair.fillStandIns(due);
    await table.ensure(pair.rulesOfStandIns);
    await pair.destroy(stale);
    await pair.fill(due);
    await table.ensure(pair.rules);
    await pair.dropStandIns();
  });
  const renewed = stale.map(({ name }) => `the old layout of set ${name}`);
  return { content: (await pair.read()).content, renewed };
}

function endless(networks: readonly string[]): Members {
  return new Map(networks.map((network) => [network, Number.POSITIVE_INFINITY]));
}

function hasSame(found: Members | undefined, wanted: Members): boolean {
  return found?.size === wanted.size && [...wanted.keys()].every((network) => found.has(network));
}
