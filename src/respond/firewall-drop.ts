import type { Block } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Change, Firewall } from "./firewall.ts";
import type { BlockChange, Response } from "./response.ts";

/**
 * Drops all packets of a blocked network. Where the firewall cannot work (no CAP_NET_ADMIN, no ipset) it refuses with
 * the reason until a later `reconcile` finds it working. `now` in milliseconds since 1970.
 */
export function firewallDrop(firewall: Firewall, now: () => number, log: Log): Response {
  let broken: string | undefined = "the firewall is not prepared yet";
  const changeFor = (change: BlockChange): Change =>
    change.verb === "delete"
      ? change
      : { verb: "add", network: change.block.network, seconds: secondsLeft(change.block, now()) };

  const putBack = async (live: readonly Block[]) => {
    const repaired = await firewall.prepare();
    const present = await firewall.list();
    const missing = live.filter((block) => !present.has(block.network));
    if (missing.length === 0) return repaired;
    await firewall.apply(missing.map((block) => changeFor({ verb: "add", block })));
    return [...repaired, `${missing.length} blocked addresses (IPv${firewall.family})`];
  };
  const reconcile = async (live: readonly Block[]) => {
    try {
      const repaired = await putBack(live);
      if (broken !== undefined) log.info(`firewall-drop works for IPv${firewall.family}`);
      broken = undefined;
      return repaired;
    } catch (error) {
      const reason = reasonOf(error);
      if (broken !== reason)
        log.error(`firewall-drop cannot work for IPv${firewall.family}: ${reason}`);
      broken = reason;
      return [];
    }
  };

  return {
    name: "firewall-drop",
    families: [firewall.family],
    refusal: () => broken,
    reconcile,
    async apply(changes, live) {
      try {
        await firewall.apply(changes.map(changeFor));
      } catch (error) {
        // Most likely somebody flushed or destroyed our sets: put everything back at once and try again.
        log.warn(`firewall-drop: ${reasonOf(error)}, repairing`);
        await reconcile(live());
        await firewall.apply(changes.map(changeFor));
      }
    },
  };
}

/** Rounded up, so that the kernel never ends a block before we do. */
function secondsLeft(block: Block, now: number): number {
  return Math.max(1, Math.ceil((block.until - now) / 1000));
}
