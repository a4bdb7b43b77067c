import { z } from "zod";
import type { Block, Lifting } from "../../core/block.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import { type Context, contextOf, withResponder } from "./command.ts";
import { blocksIn, inWords, networkIn, ruleIn } from "./naming.ts";
import { fold } from "./table.ts";

const Options = z.object({ all: z.boolean().default(false), rule: z.string().optional() });

/** Tens of thousands are lifted by one request. */
const patienceMilliseconds = 30_000;

/** More than these are not named one by one. */
const mostNamed = 20;

/**
 * `stockade unban ADDRESS|NETWORK`, `--all` or `--rule ID`: ends blocks at once. Exit code 1 when there was none, and when a wider
 * one goes on.
 */
export async function unban(text: string | undefined, given: unknown): Promise<void> {
  const context = contextOf(given);
  const what = meantBy(text, Options.parse(given));
  const reply = await withResponder(context, (responder) =>
    responder.ask({ verb: "lift", what }, patienceMilliseconds),
  );
  const ended = blocksIn(reply);
  const held = reply.ok ? (reply.remaining ?? []) : [];
  if (context.json) context.say(JSON.stringify({ ended, held }));
  else show(context, nothingOf(what), ended, held);
  if (ended.length === 0 || held.length > 0) process.exitCode = 1;
}

function meantBy(text: string | undefined, { all, rule }: z.infer<typeof Options>): Lifting {
  const meant: Lifting[] = [
    ...(text === undefined ? [] : [{ network: networkIn(text).text }]),
    ...(rule === undefined ? [] : [{ rule: ruleIn(rule) }]),
    ...(all ? [{ all: true as const }] : []),
  ];
  const [what] = meant;
  if (what && meant.length === 1) return what;
  throw new Failure("what is to be let in again?", {
    hint: "one of: stockade unban ADDRESS, stockade unban --rule ID, stockade unban --all",
    exitCode: 64,
  });
}

/** What is said where there was nothing to end. */
function nothingOf(what: Lifting): string {
  if ("network" in what) return `${what.network} was not blocked`;
  return "rule" in what ? `nobody is blocked by rule ${what.rule}` : "nobody was blocked";
}

function show(
  { say }: Context,
  nothing: string,
  ended: readonly Block[],
  held: readonly Block[],
): void {
  for (const { network, response } of ended.slice(0, mostNamed)) {
    say(`${network}: ${response} ended`);
  }
  const others = ended.length - mostNamed;
  if (others > 0) say(`and ${others} more: ${ended.length} blocks ended`);
  for (const block of held) {
    for (const line of fold(printable(`still blocked: ${inWords(block)} holds it`))) say(line);
    say(`  to end that one: stockade unban ${block.network}`);
  }
  if (ended.length === 0 && held.length === 0) say(nothing);
}
