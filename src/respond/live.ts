import type { Block } from "../core/block.ts";
import type { BlockChange } from "./response.ts";

/** A block that is in force or about to be. */
export interface Live {
  block: Block;
  /** What of it is in force: the response has said so. */
  inForce: Block | undefined;
  /** How often it is asked for at this moment. */
  asked: number;
}

/** The end of a block that never was. */
export function forgetting({ network }: Block): BlockChange {
  return { verb: "delete", network };
}

/** The same with other times. */
export function shifted(block: Block, milliseconds: number): Block {
  return { ...block, since: block.since + milliseconds, until: block.until + milliseconds };
}

/** Whether a block that is asked for once more is more than it was: longer, or wanted by hand now. */
export function isMore({ until, by }: Block, before: Block): boolean {
  return until > before.until || (by !== undefined && before.by === undefined);
}

/** A block that is asked for once more. What somebody wants by hand stays so. */
export function again(block: Block, { until, by, why }: Block): Block {
  const wanted = by === undefined ? {} : { by, why };
  return { ...block, ...wanted, until: Math.max(block.until, until), count: block.count + 1 };
}
