import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { Failure, reasonOf } from "../../core/failure.ts";
import type { Account } from "../../report/relay.ts";
import { machineOf } from "../doctor/machine.ts";
import { doorsOf, readRelay, searchRelay, type Tried } from "../mail/relay-search.ts";
import { accountOf, type RelaySetup, relaySetup } from "../mail/relay-setup.ts";
import { switchRelay, trust } from "../mail/relay-switch.ts";
import { adviceAfter, answerText } from "../mail/relay-words.ts";
import { type Context, contextOf, needRoot } from "./command.ts";
import { look } from "./status.ts";

const Options = z.object({
  use: z.string().optional(),
  user: z.string().optional(),
  passwordFile: z.string().optional(),
});
type Options = z.infer<typeof Options>;

/**
 * `stockade mail relay`: tries the ports of the relay in order, with the login and without a mail, and says which one works. With
 * `--use` or `--password-file` what works is put in force. Exit code 0 when the relay that is set, or was put in force, works.
 */
export async function mailRelay(given: unknown): Promise<void> {
  const context = contextOf(given);
  needRoot(context, "read the account of the relay");
  const options = Options.parse(given);
  const setup = await relaySetup(machineOf(context, await look(context)));
  if (setup === "unknown") {
    throw new Failure("Postfix does not say where it sends mail", {
      hint: "postconf relayhost",
      exitCode: 69,
    });
  }
  const wanted = wantedBy(options, setup);
  const tried = await searchRelay(wanted.doors, wanted.account);
  const advice = adviceAfter(wanted, tried);
  if (isChange(options)) return await putInForce(context, tried, wanted.account, advice?.fix);
  if (context.json) context.say(JSON.stringify({ ok: !advice, tried, ...advice }));
  else {
    for (const one of tried) context.say(answerText(one, wanted.account !== undefined));
    if (advice) context.say(`${advice.means}\nfix: ${advice.fix}`);
  }
  process.exitCode = advice ? 1 : 0;
}

/** `stockade mail probe RELAY`, for the installer: USER:PASSWORD comes on standard input. A line for each door that was tried. */
export async function mailProbe(relay: string, given: unknown): Promise<void> {
  const { say } = contextOf(given);
  const { host, port } = relayIn(relay);
  const setup = await relaySetup(machineOf(contextOf(given), await look(contextOf(given))));
  const known = typeof setup === "object" ? setup : undefined;
  const account = accountOf((await text(process.stdin)).trim());
  const tried = await searchRelay(doorsOf(host, port, known), account);
  for (const { host, port, answer } of tried) {
    const more = answer.kind === "works" ? trust(answer) : answer.reason;
    say(`${answer.kind} ${host} ${port} ${more}`);
  }
}

const isChange = ({ use, user, passwordFile }: Options) => Boolean(use || user || passwordFile);

/** Where to try, and as whom. */
function wantedBy(options: Options, setup: RelaySetup | undefined) {
  const { host, port } = options.use === undefined ? (setup ?? noRelay()) : relayIn(options.use);
  const password =
    options.passwordFile === undefined
      ? setup?.account?.password
      : passwordIn(options.passwordFile);
  const user = options.user ?? setup?.account?.user;
  const account = user === undefined || password === undefined ? undefined : { user, password };
  const doors = options.use === undefined ? doorsOf(host, undefined, setup) : doorsOf(host, port);
  return { host, port: port ?? 0, account, doors };
}

function noRelay(): never {
  throw new Failure("there is no relay: mail stays on this server", {
    hint: "sudo stockade setup --mailgun-user USER@DOMAIN --mailgun-password-file FILE",
    exitCode: 69,
  });
}

function relayIn(text: string) {
  const relay = readRelay(text);
  if (relay) return relay;
  throw new Failure(`"${text}" is no relay`, {
    hint: "HOST or HOST:PORT, like smtp.mailgun.org:2525",
    exitCode: 64,
  });
}

function passwordIn(file: string): string {
  try {
    const [line = ""] = readFileSync(file, "utf8").split(/\r?\n/);
    if (line !== "") return line;
  } catch (thrown) {
    throw new Failure(`cannot read the password file "${file}": ${reasonOf(thrown)}`, {
      exitCode: 66,
      cause: thrown,
    });
  }
  throw new Failure(`the password file "${file}" is empty`, { exitCode: 65 });
}

/** What does not work is not put in force. */
async function putInForce(
  { json, say }: Context,
  tried: readonly Tried[],
  account: Account | undefined,
  fix: string | undefined,
): Promise<void> {
  const last = tried.at(-1);
  if (!json) for (const one of tried) say(answerText(one, account !== undefined));
  if (last?.answer.kind !== "works") {
    const hint = fix === undefined ? {} : { hint: fix };
    throw new Failure("nothing was changed: the relay does not work like this", {
      ...hint,
      exitCode: 69,
    });
  }
  const { host, port, answer } = last;
  const kept = await switchRelay({ host, port, answer }, account);
  if (json) return say(JSON.stringify({ ok: true, tried, kept }));
  kept.forEach(say);
  say(
    `mail goes through ${host}:${port}, what waited is sent now; to see it arrive: stockade mail test`,
  );
}
