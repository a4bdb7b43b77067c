import { parseAddress } from "../../core/address.ts";
import type { Block, Reply } from "../../core/block.ts";
import { Failure } from "../../core/failure.ts";
import { type Context, contextOf, withResponder } from "./command.ts";
import { localTime, table } from "./table.ts";

/** `stockade bans`: who is blocked, since when, until when and why. */
export async function bans(options: unknown): Promise<void> {
  const context = contextOf(options);
  const reply = await withResponder(context, (responder) => responder.ask({ verb: "list" }));
  const blocks = blocksOf(reply);
  if (context.json) context.say(JSON.stringify(blocks));
  else show(context, blocks);
}

/** `stockade unban ADDRESS`: ends every block of the address. Fails when there was none. */
export async function unban(text: string, options: unknown): Promise<void> {
  const context = contextOf(options);
  const address = parseAddress(text);
  if (!address) {
    throw new Failure(`"${text}" is no IP address`, {
      hint: "stockade bans lists the blocked addresses",
      exitCode: 64,
    });
  }
  const reply = await withResponder(context, (responder) =>
    responder.ask({ verb: "unblock", address }),
  );
  const blocks = blocksOf(reply);
  if (context.json) context.say(JSON.stringify(blocks));
  else if (blocks.length > 0) {
    for (const { network, response } of blocks) context.say(`${network}: ${response} ended`);
  } else context.say(`${address} was not blocked`);
  if (blocks.length === 0) process.exitCode = 1;
}

function blocksOf(reply: Reply): readonly Block[] {
  if (reply.ok) return reply.blocks;
  throw new Failure(`the responder refused: ${reply.reason}`, { exitCode: 69 });
}

function show({ say }: Context, blocks: readonly Block[]): void {
  if (blocks.length === 0) {
    say("nobody is blocked");
    return;
  }
  const rows = blocks
    .toSorted((a, b) => a.until - b.until)
    .map(({ network, response, since, until, rule, alert }) => [
      network,
      response,
      localTime(since),
      localTime(until),
      `${rule}`,
      alert,
    ]);
  for (const line of table([["address", "response", "since", "until", "rule", "alert"], ...rows])) {
    say(line);
  }
  say("");
  say("end one with: stockade unban ADDRESS");
}
