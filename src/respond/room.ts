import type { Block, ResponseName } from "../core/block.ts";
import type { Log } from "../core/log.ts";
import type { Lane } from "./lane.ts";

/** How many blocks may be live, of each response and family. */
export type Limits = Readonly<Record<ResponseName, number>>;

/** An ipset of ours holds 131,072 entries, and libwrap reads its whole file for every connection. */
const defaultLimits: Limits = { "firewall-drop": 100_000, "host-deny": 10_000 };

/** How often it is said that blocks make room for others; each of them has its line in active-responses.log. */
const silenceMilliseconds = 60_000;

type Room =
  | { readonly ok: true; readonly ended?: Block | undefined }
  | { readonly ok: false; readonly reason: string };

/**
 * Finds room for a block. In a full lane the block that ends first is forgotten and returned as `ended`, to be released: one that
 * rules want, and one by hand only for another by hand where there is nothing else. Where none may go there is no room.
 */
export function roomFinder(
  log: Log,
  limits: Limits = defaultLimits,
): (lane: Lane, fresh: Block) => Room {
  let silentUntil = Number.NEGATIVE_INFINITY;
  return (lane, { network, by }) => {
    const limit = limits[lane.response.name];
    if (lane.size < limit || lane.has(network)) return { ok: true };
    const ofRules = lane.forgetSoonest(Number.POSITIVE_INFINITY, true);
    const ended =
      ofRules ?? (by === undefined ? undefined : lane.forgetSoonest(Number.POSITIVE_INFINITY));
    if (!ended)
      return { ok: false, reason: `${limit} blocks are live or being placed, which is the limit` };
    if (performance.now() > silentUntil) {
      silentUntil = performance.now() + silenceMilliseconds;
      log.warn(
        `${limit} blocks are live, which is the limit: the one that ends first makes room, now ${ended.network}`,
      );
    }
    return { ok: true, ended };
  };
}
