import { parseAddress } from "../core/address.ts";
import {
  type BanRequest,
  type Block,
  type BlockRequest,
  coveredBy,
  isWide,
  maxBlockSeconds,
} from "../core/block.ts";
import { type Network, overlaps, parseNetwork } from "../core/network.ts";
import type { Response } from "./response.ts";

/** What a request wants kept out, and the block that it begins `now`. */
export function wantedBy(
  request: BlockRequest | BanRequest,
  now: number,
): { network: Network; fresh: Block } {
  const { response, seconds } = request;
  const common = { response, since: now, until: now + seconds * 1000, count: 1 };
  if (request.verb === "block") {
    const { address, rule, alert } = request;
    const network = coveredBy(address);
    return { network, fresh: { ...common, address, network: network.text, rule, alert } };
  }
  const { by, why } = request;
  const network = parseNetwork(request.network);
  const address = network && parseAddress(network.base.toString());
  if (!address) throw new Error(`"${request.network}" was checked to be a network`);
  // In the form of an alert's id, for whoever reads active-responses.log as OSSEC writes it.
  const alert = `${Math.floor(now / 1000)}.0`;
  const byHand = { address, network: network.text, rule: 0, alert, by, why };
  return { network, fresh: { ...common, ...byHand } };
}

/** What a block covers, whatever a file says of it: only what somebody banned by hand is wider than its address makes it. */
export function networkOf({ address, network, by }: Block): Network {
  const covered = coveredBy(address);
  const wide = by === undefined ? undefined : parseNetwork(network);
  return wide && overlaps(wide, covered) ? wide : covered;
}

/** Whatever a file or a clock says, no block lasts longer than it was meant to. */
export function withinBounds(block: Block, now: number): Block {
  const planned = Math.min(block.until - block.since, maxBlockSeconds * 1000);
  const until = Math.min(block.until, now + planned);
  return { ...block, network: networkOf(block).text, until, since: Math.min(block.since, now) };
}

/** Why a response cannot keep this network out, at present or at all. */
export function refusalBy(response: Response, wanted: Network): string | undefined {
  if (isWide(wanted) && !response.takesNetworks)
    return `${response.name} takes one address, not ${wanted.text}: use firewall-drop`;
  return response.refusal();
}
