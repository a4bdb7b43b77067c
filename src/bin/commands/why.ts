import { type Block, isWide } from "../../core/block.ts";
import { Failure, reasonOf } from "../../core/failure.ts";
import type { Network } from "../../core/network.ts";
import { lastAlerts } from "../evidence/alerts.ts";
import { locate } from "../evidence/locate.ts";
import type { Evidence } from "../evidence/record.ts";
import { readEvidence } from "../evidence/store.ts";
import { type Context, contextOf, needRoot, withResponder } from "./command.ts";
import { networkIn } from "./naming.ts";
import type { Shown, Why } from "./why-facts.ts";
import { pageOf } from "./why-page.ts";

const mostRecords = 10;
const mostAlerts = 5;

/** `stockade why ADDRESS`: why it is blocked, or why not. Exit code 1 when it is not blocked. */
export async function why(address: string, given: unknown): Promise<void> {
  const context = contextOf(given);
  const network = networkIn(address);
  if (isWide(network)) {
    throw new Failure(`${network.text} is more than one address`, {
      hint: `stockade bans --address ${network.text} lists what is blocked of it`,
      exitCode: 64,
    });
  }
  needRoot(context, "read the evidence");
  const shown = await lookAt(address, network, context);
  if (context.json) context.say(JSON.stringify(shown));
  else for (const line of pageOf(shown, Date.now())) context.say(line);
  if (shown.blocks.length === 0) process.exitCode = 1;
}

async function lookAt(address: string, network: Network, context: Context): Promise<Why> {
  const { paths } = context;
  const now = await inForce(network, context);
  const known = readEvidence(paths.daemonState, network.text, mostRecords);
  const evidence = [...known].sort((a, b) => rank(b, now.blocks) - rank(a, now.blocks));
  return {
    address,
    network: network.text,
    ...now,
    evidence: evidence.map(withPlaces),
    alerts: evidence.length > 0 ? [] : lastAlerts(paths.alertsJson, network.text, mostAlerts),
  };
}

/** What led to a block in force comes first; the sort keeps the rest in its order. */
function rank({ alert }: Evidence, blocks: readonly Block[]): number {
  return blocks.some((block) => block.alert === alert) ? 1 : 0;
}

function withPlaces(evidence: Evidence): Shown {
  const { line, earlier } = evidence;
  if (typeof line.place !== "number") return evidence;
  const { place, text } = line;
  return { ...evidence, found: locate(line.location, { place, text, earlier }) };
}

async function inForce({ text: network }: Network, context: Context) {
  const nothing = { blocks: [], held: [] };
  try {
    const reply = await withResponder(context, (responder) =>
      responder.ask({ verb: "look", network }),
    );
    if (!reply.ok) return { ...nothing, unasked: reply.reason };
    const { blocks, held = [], untouchable } = reply;
    return { blocks, held, untouchable };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { ...nothing, unasked: reasonOf(thrown) };
  }
}
