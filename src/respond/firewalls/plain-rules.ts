import { type Change, type Firewall, overlapping, ownTurn } from "../firewall.ts";
import type { Run } from "../run.ts";
import { connectionCutter } from "./connections.ts";
import { driftOf } from "./drift.ts";
import { endMarks } from "./end-marks.ts";
import { type Iptables, iptables } from "./iptables.ts";
import { chainOf, changed, type Found, foundIn, longest, secondsLeft } from "./rule-list.ts";

/**
 * Drops by one rule for each network, where ipset does not work. Each change replaces the whole chain, in one transaction.
 * The kernel ends a rule itself where it knows xt_time; else it stays while no process of ours lives.
 */
export function plainRules(family: 4 | 6, run: Run, sbin = "/usr/sbin"): Firewall {
  const table = iptables(family, run, sbin);
  const put = ruleWriter(table);
  const cutConnections = connectionCutter(family, run);
  const list = async () => secondsLeft(foundIn(await table.rules()));
  return {
    name: "plain rules",
    family,
    reconcile: (wanted, turn = ownTurn) =>
      turn.take(async () => {
        const rules = await table.rules();
        const found = foundIn(rules);
        const drift = driftOf(secondsLeft(found), longest(await wanted.drop()));
        // As it is in this turn: it may have changed since the comparing was asked for.
        const next = { ...found, allow: wanted.allow ?? found.allow };
        const missing = await put(next, drift.changes, rules);
        const isSpared = !found.isOurs || next.allow.join() === found.allow.join();
        const sparing = isSpared ? [] : ["the list of the untouchables"];
        // Its text changes with each block; that is told by what has drifted.
        const others = missing.filter((name) => !found.isOurs || name !== "chain STOCKADE");
        return [...sparing, ...drift.words, ...others].map((part) => `${part} (IPv${family})`);
      }),
    async apply(changes) {
      const rules = await table.rules();
      await put(foundIn(rules), changes, rules);
      cutConnections(changes.filter(({ verb }) => verb === "add").map(({ network }) => network));
    },
    async allow(networks) {
      const rules = await table.rules();
      await put({ ...foundIn(rules), allow: networks }, [], rules);
    },
    list,
    find: async (some) => overlapping(await list(), some),
  };
}

/** Writes the chain as it is after `changes`, with the best mark of an end that this kernel takes. */
function ruleWriter(table: Iptables) {
  let marks = endMarks;
  return async (next: Found, changes: readonly Change[], rules: string): Promise<string[]> => {
    let reason: unknown;
    for (const [nth, mark] of marks.entries()) {
      try {
        const missing = await table.ensure(
          chainOf(changed(next, changes, mark), next.allow),
          rules,
        );
        marks = marks.slice(nth);
        return missing;
      } catch (error) {
        reason ??= error;
      }
    }
    throw reason;
  };
}
