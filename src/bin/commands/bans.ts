import { join } from "node:path";
import * as z from "zod";
import { OffendersState } from "../../analyse/response/offenders.ts";
import type { Block } from "../../core/block.ts";
import { overlaps, parseNetwork } from "../../core/network.ts";
import { printable } from "../../core/printable.ts";
import { readSince } from "../history/since.ts";
import { readPlainFile } from "../plain-file.ts";
import { lastingIn, pageOfLasting } from "./bans-commands.ts";
import { type Context, contextOf, withResponder } from "./command.ts";
import { blocksIn, networkIn, responseIn, ruleIn, whoWants } from "./naming.ts";
import { briefTime, table } from "./table.ts";

const Filters = z.object({
  address: z.string().optional(),
  rule: z.string().optional(),
  response: z.string().optional(),
  since: z.string().optional(),
  until: z.string().optional(),
});

/** `stockade bans`: who is blocked, since when, until when, why, and how often that was asked for. */
export async function bans(options: unknown): Promise<void> {
  const context = contextOf(options);
  const filters = Filters.parse(options);
  const isWanted = filterOf(filters, Date.now());
  const reply = await withResponder(context, (responder) => responder.ask({ verb: "list" }));
  const all = blocksIn(reply);
  const blocks = all.filter(isWanted).toSorted((a, b) => a.until - b.until);
  const shown = withOffences(blocks, context);
  const isAll = Object.values(filters).every((one) => one === undefined);
  const lasting = isAll ? lastingIn(context.paths.executions) : [];
  if (context.json) context.say(JSON.stringify([...shown, ...lasting]));
  else
    for (const line of [...page(shown, all.length), ...pageOfLasting(lasting)]) context.say(line);
}

function filterOf(wanted: z.infer<typeof Filters>, now: number): (block: Block) => boolean {
  const network = wanted.address === undefined ? undefined : networkIn(wanted.address);
  const rule = wanted.rule === undefined ? undefined : ruleIn(wanted.rule);
  const since = wanted.since === undefined ? 0 : readSince(wanted.since, now);
  const until =
    wanted.until === undefined ? Number.POSITIVE_INFINITY : readSince(wanted.until, now);
  const response = wanted.response === undefined ? undefined : responseIn(wanted.response);
  const isOf = (block: Block) => {
    const own = network && parseNetwork(block.network);
    return !network || (own !== undefined && overlaps(own, network));
  };
  return (block) =>
    (rule === undefined || block.rule === rule) &&
    (response === undefined || block.response === response) &&
    block.since >= since &&
    block.since <= until &&
    isOf(block);
}

interface Shown extends Block {
  readonly offences: number | undefined;
}

/** How often each source was blocked, where blocks of those who come back grow and this user may know. */
function withOffences(blocks: readonly Block[], { paths }: Context): Shown[] {
  const offences = offencesIn(join(paths.daemonState, "offenders.json"));
  return blocks.map((block) => ({ ...block, offences: offences.get(block.network) }));
}

const mostBytes = 64 << 20;

function offencesIn(file: string): Map<string, number> {
  try {
    const { offenders } = OffendersState.parse(JSON.parse(readPlainFile(file, mostBytes)));
    return new Map(offenders.map(({ network, count }) => [network, count]));
  } catch {
    // There is none, or it is not for this user.
    return new Map();
  }
}

function page(blocks: readonly Shown[], total: number): string[] {
  if (total === 0) return ["nobody is blocked"];
  if (blocks.length === 0) return [`none of the ${total} blocks is so`];
  const hasOffences = blocks.some(({ offences }) => offences !== undefined);
  const rows = blocks.map(({ network, response, since, until, rule, by, count, offences }) => [
    network,
    response,
    briefTime(since),
    briefTime(until),
    by === undefined ? `${rule}` : "by hand",
    `${count}`,
    ...(hasOffences ? [`${offences ?? ""}`] : []),
  ]);
  const names = ["address", "response", "since", "until", "rule", "count"];
  const byHand = blocks.filter(({ by }) => by !== undefined);
  return [
    ...table([hasOffences ? [...names, "offence"] : names, ...rows]),
    "",
    ...byHand.map((block) => `${block.network}: ${printable(whoWants(block))}`),
    "why one is blocked: stockade why ADDRESS; end it: stockade unban ADDRESS",
  ];
}
