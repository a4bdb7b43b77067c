import type { Untouchable } from "../config/untouchables.ts";
import type { Block, Held } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { type Network, overlaps, parseNetwork } from "../core/network.ts";
import type { Change, Firewall } from "./firewall.ts";
import type { BlockChange, Response } from "./response.ts";

/**
 * Drops all packets of a blocked network. Where the firewall cannot work (no CAP_NET_ADMIN, no iptables) it refuses with
 * the reason until a later `reconcile` finds it working. `now` in milliseconds since 1970.
 */
export function firewallDrop(firewall: Firewall, now: () => number, log: Log): Response {
  let broken: string | undefined = "the firewall is not prepared yet";
  let allowed: readonly string[] | undefined;
  const reconcile = async (live: () => readonly Block[]) => {
    const drop = () => new Map(live().map((block) => [block.network, secondsLeft(block, now())]));
    try {
      const repaired = await firewall.reconcile({ drop, allow: allowed });
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
  const orRepair = (work: () => Promise<void>, live: () => readonly Block[]) =>
    again(work, () => reconcile(live), log);

  return {
    name: "firewall-drop",
    families: [firewall.family],
    takesNetworks: true,
    refusal: () => broken,
    shortcoming: () => firewall.shortcoming?.(),
    reconcile,
    held: (wanted) => heldBy(firewall, wanted),
    present: () => firewall.list(),
    async apply(changes, live) {
      let isSecond = false;
      const make = () => {
        // Time has passed: what has been lifted since then is not placed any more.
        const still = isSecond ? wantedStill(changes, live()) : changes;
        isSecond = true;
        return firewall.apply(still.map((change) => changeAt(now(), change)));
      };
      await orRepair(make, live);
    },
    async spare(untouchables, live) {
      const networks = networksOf(untouchables, firewall.family);
      const isKnown = networks.join() === allowed?.join();
      allowed = networks;
      if (broken !== undefined || isKnown) return;
      await orRepair(() => firewall.allow(networks), live);
    },
  };
}

/** Trouble most likely means that somebody flushed or destroyed what is ours: put everything back at once. */
async function again(
  work: () => Promise<void>,
  repair: () => Promise<unknown>,
  log: Log,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn(`firewall-drop: ${reasonOf(error)}, repairing`);
    await repair();
    await work();
  }
}

async function heldBy(firewall: Firewall, wanted: Network): Promise<Held[]> {
  if ((wanted.base.kind() === "ipv4" ? 4 : 6) !== firewall.family) return [];
  return [...(await firewall.list())].flatMap(([network, seconds]) => {
    const entry = parseNetwork(network);
    const isMeant = entry && overlaps(entry, wanted);
    return isMeant ? [{ response: "firewall-drop" as const, network, seconds }] : [];
  });
}

function wantedStill(changes: readonly BlockChange[], live: readonly Block[]): BlockChange[] {
  const networks = new Set(live.map(({ network }) => network));
  return changes.filter((change) => change.verb === "delete" || networks.has(change.block.network));
}

function changeAt(now: number, change: BlockChange): Change {
  if (change.verb === "delete") return change;
  const { block } = change;
  return { verb: "add", network: block.network, seconds: secondsLeft(block, now) };
}

/** Rounded up, so that the kernel never ends a block before we do. */
function secondsLeft(block: Block, now: number): number {
  return Math.max(1, Math.ceil((block.until - now) / 1000));
}

/** Each network once. A whole family is given as two halves: no set takes it in one. */
function networksOf(untouchables: readonly Untouchable[], family: 4 | 6): string[] {
  const own = untouchables.filter(({ network }) => familyOf(network.text) === family);
  const halves = family === 4 ? ["0.0.0.0/1", "128.0.0.0/1"] : ["::/1", "8000::/1"];
  const texts = own.flatMap(({ network }) => (network.bits === 0 ? halves : [network.text]));
  return [...new Set(texts)].sort();
}

function familyOf(network: string): 4 | 6 {
  return network.includes(":") ? 6 : 4;
}
