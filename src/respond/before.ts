import { parseAddress } from "../core/address.ts";
import { type Block, isWide, maxBlockSeconds, type ResponseName } from "../core/block.ts";
import type { Log } from "../core/log.ts";
import { parseNetwork } from "../core/network.ts";
import type { BlocksFile } from "./blocks-file.ts";
import type { Response } from "./response.ts";
import { withinBounds } from "./wanted.ts";

/** Where an earlier process may have left its blocks. */
interface Sources {
  readonly file: BlocksFile;
  readonly responses: readonly Response[];
  readonly log: Log;
}

/**
 * The blocks of an earlier process: what the file says, or, where there is none that can be read, what the kernel
 * blocks, each for the time that it has left; of those it is not known who they were meant for. `now` in milliseconds
 * since 1970. Some may be over.
 */
export async function blocksOfBefore(
  { file, responses, log }: Sources,
  now: number,
): Promise<Block[]> {
  const saved = await file.load();
  if (saved) return saved.map((block) => withinBounds(block, now));
  const each = responses.map(async ({ name, present }) => {
    const found = await present?.().catch(() => undefined);
    return [...(found ?? [])].flatMap(([network, seconds]) => blockOf(name, network, seconds, now));
  });
  const blocks = (await Promise.all(each)).flat();
  if (blocks.length > 0)
    log.warn(`${blocks.length} blocks of before go on, their rules are not known`);
  return blocks;
}

/** Nothing for an entry without an end: that is none of ours. */
function blockOf(response: ResponseName, network: string, seconds: number, now: number): Block[] {
  const address = parseAddress(network.split("/")[0] ?? "");
  if (!address || !Number.isFinite(seconds)) return [];
  const until = now + Math.min(seconds, maxBlockSeconds) * 1000;
  const found = parseNetwork(network);
  // Rules ask for single addresses only.
  const byHand = found && isWide(found) ? { by: "somebody before", why: "" } : {};
  const block = { response, address, network, since: now, until, rule: 0, alert: "0.0", count: 1 };
  return [{ ...block, ...byHand }];
}
