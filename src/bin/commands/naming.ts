import { type Block, blockable, type Reply, ResponseName } from "../../core/block.ts";
import { Failure } from "../../core/failure.ts";
import type { Network } from "../../core/network.ts";
import { briefTime } from "./table.ts";

/** What the admin names by an address or a network: what a block of it covers. */
export function networkIn(text: string): Network {
  const network = blockable(text);
  if (network) return network;
  throw new Failure(`"${text}" is no IP address and no network`, {
    hint: "as in 192.0.2.7, 2001:db8::7 or 192.0.2.0/24; stockade bans lists what is blocked",
    exitCode: 64,
  });
}

export function ruleIn(text: string): number {
  if (/^\d{1,8}$/.test(text)) return Number(text);
  throw new Failure(`"${text}" is no rule id`, {
    hint: "stockade rules list names all rules",
    exitCode: 64,
  });
}

export function responseIn(text: string): ResponseName {
  const { data } = ResponseName.safeParse(text);
  if (data !== undefined) return data;
  throw new Failure(`there is no response "${text}"`, {
    hint: `one of ${ResponseName.options.join(", ")}`,
    exitCode: 64,
  });
}

/** The blocks of an answer. Throws a `Failure` when it is a refusal. */
export function blocksIn(reply: Reply): readonly Block[] {
  if (reply.ok) return reply.blocks;
  throw new Failure(`the responder refused: ${reply.reason}`, { exitCode: 69 });
}

/** "by rule 5712", or "by alice: crawls all night". */
export function whoWants({ rule, by, why }: Block): string {
  if (by === undefined) return `by rule ${rule}`;
  return why ? `by ${by}: ${why}` : `by ${by}`;
}

/** "192.0.2.0/24 (firewall-drop until 12:09:31, by rule 5712)" */
export function inWords(block: Block): string {
  return `${block.network} (${block.response} until ${briefTime(block.until)}, ${whoWants(block)})`;
}
