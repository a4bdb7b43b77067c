import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { type Allowance, allowedIn } from "../../config/untouchables/allowed.ts";
import type { Block } from "../../core/block.ts";
import { Failure, reasonOf } from "../../core/failure.ts";
import { parseNetwork } from "../../core/network.ts";
import { printable } from "../../core/printable.ts";
import { type Context, contextOf, needRoot, withResponder } from "./command.ts";
import { readDuration } from "./duration.ts";
import { withLock } from "./lock.ts";
import { localTime, table } from "./table.ts";
import { needYes } from "./wide.ts";
import { replaceFile } from "./write.ts";

const Options = z.object({
  for: z.string().optional(),
  why: z.string().optional(),
  end: z.boolean().default(false),
  yes: z.boolean().default(false),
});

const usually = "7d";
/** The white list is for what is to last longer. */
const mostDays = 366;

/** `stockade allow [ADDRESS]`: who is not blocked for a while, or who shall be. */
export async function allow(what: string | undefined, options: unknown): Promise<void> {
  const context = contextOf(options);
  const now = Date.now();
  const given = Options.parse(options);
  if (what === undefined) return list(context, readAllowed(context, now), given);
  needRoot(context, "allow somebody");
  const { why, end, yes } = given;
  const text = canonical(what, yes || end);
  if (end) return endOf(context, text);
  const until = now + readDuration(given.for ?? usually, mostDays) * 1000;
  await change(context, (known) => [
    ...known.filter((one) => one.text !== text),
    { text, since: now, until, why: why ?? "" },
  ]);
  const lifted = await tellResponder(context);
  if (context.json)
    context.say(JSON.stringify({ text, since: now, until, why: why ?? "", lifted }));
  else {
    context.say(`${text} is not blocked until ${localTime(until)}`);
    for (const { network, response } of lifted ?? []) context.say(`${network}: ${response} ended`);
  }
}

async function endOf(context: Context, text: string): Promise<void> {
  const ended: Allowance[] = [];
  await change(context, (known) => {
    ended.push(...known.filter((one) => one.text === text));
    return known.filter((one) => one.text !== text);
  });
  await tellResponder(context);
  if (context.json) context.say(JSON.stringify(ended));
  else context.say(ended.length > 0 ? `${text} may be blocked again` : `${text} was not allowed`);
  if (ended.length === 0) process.exitCode = 1;
}

/** An address, a network or a name, as it is kept. */
function canonical(what: string, isSure: boolean): string {
  const network = parseNetwork(what);
  if (network) {
    needYes(network, isSure);
    return network.text;
  }
  if (/^(?=.*[a-z])[a-z\d][a-z\d.-]{0,252}$/i.test(what)) return what.toLowerCase();
  throw new Failure(`"${what}" is no address, network or name`, {
    hint: "stockade allow 192.0.2.7 --for 7d --why 'a test from outside'",
    exitCode: 64,
  });
}

function readAllowed({ paths }: Context, now: number): Allowance[] {
  if (!existsSync(paths.allowed)) return [];
  try {
    return allowedIn(readFileSync(paths.allowed, "utf8"), now);
  } catch (error) {
    throw new Failure(`cannot use "${paths.allowed}": ${reasonOf(error)}`, {
      hint: "delete it, and allow again whom you want",
      exitCode: 69,
    });
  }
}

/** Daemon and responder read the file, so everybody may: nothing in it is secret. */
async function change(
  context: Context,
  changed: (known: readonly Allowance[]) => readonly Allowance[],
): Promise<void> {
  const file = context.paths.allowed;
  mkdirSync(dirname(file), { recursive: true });
  await withLock(`${file}.lock`, () => {
    const allowed = changed(readAllowed(context, Date.now()));
    replaceFile(file, { version: 1, allowed }, 0o644);
  });
}

/** The blocks that it has lifted; undefined when it does not run, and will read the file when it does. */
async function tellResponder(context: Context): Promise<readonly Block[] | undefined> {
  try {
    const reply = await withResponder(context, (responder) => responder.ask({ verb: "refresh" }));
    return reply.ok ? reply.blocks : undefined;
  } catch {
    context.warn("the responder does not answer; it is told when it starts");
    return undefined;
  }
}

type Given = z.infer<typeof Options>;

function list({ json, say }: Context, known: readonly Allowance[], given: Given): void {
  const { for: length, why, end, yes } = given;
  if (end || yes || length !== undefined || why !== undefined) {
    throw new Failure("whom? No address, network or name is given", {
      hint: end ? "stockade allow --end 192.0.2.7" : "stockade allow 192.0.2.7 --for 7d",
      exitCode: 64,
    });
  }
  if (json) say(JSON.stringify(known));
  else if (known.length === 0) say("nobody is allowed for a while");
  else {
    const rows = known
      .toSorted((a, b) => a.until - b.until)
      .map(({ text, since, until, why }) => [
        text,
        localTime(since),
        localTime(until),
        printable(why),
      ]);
    for (const line of table([["allowed", "since", "until", "why"], ...rows])) say(line);
    say("");
    say("end one with: stockade allow --end ADDRESS");
  }
}
