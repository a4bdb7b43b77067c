import { userInfo } from "node:os";
import * as z from "zod";
import { type Block, isWide, maxBlockSeconds } from "../../core/block.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import { contextOf, needRoot, withRootResponder } from "./command.ts";
import { readDuration } from "./duration.ts";
import { networkIn, responseIn } from "./naming.ts";
import { localTime } from "./table.ts";
import { needYes } from "./wide.ts";

const Options = z.object({
  for: z.string(),
  why: z.string().default(""),
  yes: z.boolean().default(false),
  response: z.string(),
});

/** `stockade ban ADDRESS|NETWORK`: keeps it out for a while, by hand. Fails when it is refused. */
export async function ban(text: string, given: unknown): Promise<void> {
  const context = contextOf(given);
  const options = Options.parse(given);
  const network = networkIn(text);
  const seconds = readDuration(options.for, Math.floor(maxBlockSeconds / 86_400));
  const response = responseIn(options.response);
  needYes(network, options.yes);
  needRoot(context, "ban by hand");
  const by = whoAsks();
  const why = options.why.slice(0, 400);
  const reply = await withRootResponder(context, (responder) =>
    responder.ask({ verb: "ban", response, network: network.text, seconds, by, why }),
  );
  if (!reply.ok) throw new Failure(`not blocked: ${reply.reason}`, { exitCode: 1 });
  const [block] = reply.blocks;
  if (context.json) context.say(JSON.stringify(block));
  else if (block) for (const line of said(block, text, seconds)) context.say(printable(line));
}

/** Who is shown to have asked: whoever became root by sudo, else this user. */
function whoAsks(): string {
  const name = process.env["SUDO_USER"] ?? ownName();
  return printable(name).slice(0, 64);
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without a name.
    return `uid ${process.getuid?.()}`;
  }
}

function said(block: Block, text: string, seconds: number): string[] {
  const { network, response, since, until } = block;
  const isWhole = network === text || isWide(networkIn(text));
  const around = isWhole ? "" : ` (what a block of ${text} covers)`;
  const isLonger = until > Date.now() + seconds * 1000 + 1000;
  const before = isLonger ? `, as it was already since ${localTime(since)}` : "";
  return [
    `${network}${around} is blocked until ${localTime(until)} (${response})${before}`,
    `undo: stockade unban ${network}`,
  ];
}
