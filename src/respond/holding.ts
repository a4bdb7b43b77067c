import { type Block, type Held, isWide, type Lifting } from "../core/block.ts";
import { type Network, overlaps, parseNetwork } from "../core/network.ts";

/** What is to be seen of a network. */
export interface Seen {
  /** Our blocks of something of it. */
  readonly blocks: Block[];
  readonly held: Held[];
  /** Why it is never blocked. */
  readonly untouchable: string | undefined;
}

/** Which blocks somebody means who wants some lifted. A network means all that lies within it. */
export function isMeantBy(what: Lifting): (block: Block) => boolean {
  if ("all" in what) return () => true;
  // What is wanted by hand is not the rule's any more.
  if ("rule" in what) return ({ rule, by }) => rule === what.rule && by === undefined;
  const network = parseNetwork(what.network);
  const isInside = ({ network: text }: Block) => {
    const other = parseNetwork(text);
    return other !== undefined && network !== undefined && isWithin(other, network);
  };
  // Nothing is narrower than one address, and reading a hundred thousand networks takes its time.
  return network && isWide(network) ? isInside : (block) => block.network === what.network;
}

/** Whether a block keeps out something of the network. */
export function holds(block: Block, network: Network): boolean {
  if (block.network === network.text) return true;
  // One address or /64 alone lies within the other or is another one.
  if (!isWide(network) && !isBannedWidely(block)) return false;
  const other = parseNetwork(block.network);
  return other !== undefined && overlaps(other, network);
}

function isWithin(inner: Network, outer: Network): boolean {
  return inner.bits >= outer.bits && overlaps(inner, outer);
}

/** Only what is banned by hand is wider than what an address covers. */
function isBannedWidely({ by, network }: Block): boolean {
  return by !== undefined && network.includes("/");
}
