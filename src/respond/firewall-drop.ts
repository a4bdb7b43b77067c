import type { Untouchable } from "../config/untouchables.ts";
import type { Block, Held } from "../core/block.ts";
import { isForNow, reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import type { Network } from "../core/network.ts";
import { type Change, type Firewall, overlapping, type Turn } from "./firewall.ts";
import { gather } from "./gather.ts";
import type { BlockChange, Response } from "./response.ts";
import { each, inSlices, type Sliced } from "./slices.ts";

/**
 * Drops all packets of a blocked network. Where the firewall cannot work (no CAP_NET_ADMIN, no iptables) it refuses with
 * the reason until a later `reconcile` finds it working. `now` in milliseconds since 1970.
 */
export function firewallDrop(firewall: Firewall, now: () => number, log: Log): Response {
  let allowed: readonly string[] | undefined;
  const { reconcile, refusal } = comparer(firewall, now, () => allowed, log);
  const orRepair = (work: () => Promise<void>, live: () => readonly Block[]) =>
    again(work, () => reconcile(live), log);

  return {
    name: "firewall-drop",
    families: [firewall.family],
    takesNetworks: true,
    refusal,
    shortcoming: () => firewall.shortcoming?.(),
    reconcile,
    held: heldBy(firewall),
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
      if (refusal() !== undefined || isKnown) return;
      await orRepair(() => firewall.allow(networks), live);
    },
  };
}

/** Compares, and knows why the firewall cannot work. */
function comparer(
  firewall: Firewall,
  now: () => number,
  allowed: () => readonly string[] | undefined,
  log: Log,
) {
  let broken: string | undefined = "the firewall is not prepared yet";
  const fail = (error: unknown) => {
    const reason = reasonOf(error);
    // What was in order a while ago most likely is; the next comparing will tell.
    if (isForNow(error) && broken === undefined)
      return log.warn(`firewall-drop for IPv${firewall.family} was not compared: ${reason}`);
    if (broken !== reason)
      log.error(`firewall-drop cannot work for IPv${firewall.family}: ${reason}`);
    broken = reason;
  };
  return {
    refusal: () => broken,
    async reconcile(live: () => readonly Block[], turn?: Turn): Promise<string[]> {
      const wanted = {
        drop: () => inSlices(dueOf(live(), now)),
        get allow() {
          return allowed();
        },
      };
      try {
        const repaired = await firewall.reconcile(wanted, turn);
        if (broken !== undefined) log.info(`firewall-drop works for IPv${firewall.family}`);
        broken = undefined;
        return repaired;
      } catch (error) {
        fail(error);
        return [];
      }
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

/** However many ask at once, one looks for all of them. */
function heldBy(firewall: Firewall): (wanted: Network) => Promise<Held[]> {
  let last = new Map<string, number>();
  const looks = gather<Network>(async (some) => {
    last = await firewall.find(some);
  });
  return async (wanted) => {
    if ((wanted.base.kind() === "ipv4" ? 4 : 6) !== firewall.family) return [];
    await looks.ask(wanted);
    return [...overlapping(last, [wanted])].map(([network, seconds]) => ({
      response: "firewall-drop",
      network,
      seconds,
    }));
  };
}

function* dueOf(live: readonly Block[], now: () => number): Sliced<Map<string, number>> {
  const due = new Map<string, number>();
  yield* each(live, (block) => due.set(block.network, secondsLeft(block, now())));
  return due;
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
