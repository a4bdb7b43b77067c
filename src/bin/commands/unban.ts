import { existsSync } from "node:fs";
import * as z from "zod";
import { parseAddress } from "../../core/address.ts";
import type { Block, Lifting } from "../../core/block.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import { connectExecutor } from "../../respond/client-execute.ts";
import {
  type Context,
  contextOf,
  isRootsOwn,
  withResponder,
  withRootResponder,
} from "./command.ts";
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
  // On the socket of the group what somebody banned by hand is not to be ended.
  const connected = isRootsOwn(context) ? withRootResponder : withResponder;
  const reply = await connected(context, (responder) =>
    responder.ask({ verb: "lift", what }, patienceMilliseconds),
  );
  const ended = blocksIn(reply);
  const held = reply.ok ? (reply.remaining ?? []) : [];
  const undone = await undoCommands(context, text);
  if (context.json) context.say(JSON.stringify({ ended, held, undone }));
  else show(context, nothingOf(what), { ended, held, undone });
  if (ended.length + undone.length === 0 || held.length > 0) process.exitCode = 1;
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

/** Has undone what commands of the admin's have done about an address. Resolves to what that was. */
async function undoCommands(
  { paths }: Context,
  text: string | undefined,
): Promise<readonly string[]> {
  const address = text === undefined ? undefined : parseAddress(text);
  // Without this nothing is to be undone, and the process that would do it need not be started.
  if (!address || !existsSync(paths.executions)) return [];
  const answer = await connectExecutor(paths.executeSocket).order({ verb: "end", address });
  if (answer.ok) return answer.done;
  throw new Failure(`commands are not undone: ${answer.reason}`, { exitCode: 69 });
}

interface Done {
  readonly ended: readonly Block[];
  readonly held: readonly Block[];
  readonly undone: readonly string[];
}

function show(context: Context, nothing: string, { ended, held, undone }: Done): void {
  const { say } = context;
  const asRoot = isRootsOwn(context) ? "" : ", as root";
  for (const { network, response } of ended.slice(0, mostNamed)) {
    say(`${network}: ${response} ended`);
  }
  const others = ended.length - mostNamed;
  if (others > 0) say(`and ${others} more: ${ended.length} blocks ended`);
  for (const name of undone) say(`${printable(name)}: undone`);
  for (const block of held.slice(0, mostNamed)) {
    for (const line of fold(printable(`still blocked: ${inWords(block)} holds it`))) say(line);
    say(`  to end that one${asRoot}: stockade unban ${block.network}`);
  }
  if (held.length > mostNamed) say(`and ${held.length - mostNamed} more are still blocked`);
  if (ended.length + held.length + undone.length === 0) say(nothing);
}
