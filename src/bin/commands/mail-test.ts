import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import * as z from "zod";
import { loadSettings } from "../../config/load.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import { type Machine, machineOf } from "../doctor/machine.ts";
import { follow, handOver, type Outcome } from "../mail/follow.ts";
import { openMailLog } from "../mail/mail-log.ts";
import { reasonFor } from "../mail/reasons.ts";
import { doorsOf, searchRelay } from "../mail/relay-search.ts";
import { relaySetup } from "../mail/relay-setup.ts";
import { adviceAfter } from "../mail/relay-words.ts";
import { type Context, contextOf, needRoot } from "./command.ts";
import { readDuration } from "./duration.ts";
import { look } from "./status.ts";
import { stamped } from "./table.ts";

const Options = z.object({ to: z.string().optional(), for: z.string().default("60s") });

/**
 * `stockade mail test`: sends a mail as alerts are sent and follows it to the relay. Exit code 0 when it was taken there, 1 when
 * it was not, with the reason and the fix, 2 when nobody says what became of it.
 */
export async function mailTest(given: unknown): Promise<void> {
  const context = contextOf(given);
  needRoot(context, "read Postfix's log");
  const options = Options.parse(given);
  const milliseconds = readDuration(options.for, 1) * 1000;
  const { global } = loadSettings(context.paths.settings).settings;
  const to = options.to === undefined ? global.emailTo : [recipientIn(options.to)];
  const messageId = `stockade-test.${randomBytes(8).toString("hex")}@${domainOf(global.emailFrom)}`;
  const began = Date.now();
  const say = (text: string) => context.json || context.say(stamped(began, text));

  const machine = machineOf(context, await look(context));
  const log = await openMailLog(machine, began);
  const mail = { from: global.emailFrom, to, messageId, ...words(messageId) };
  const refusal = await handOver(global, hostname(), mail);
  if (refusal !== undefined) return tell(context, notTaken(global.smtpServer, refusal), say);
  say(`${global.smtpServer} took it, from ${mail.from} to ${to.join(", ")}`);
  const outcome = await follow(log, {
    isOurs: (id) => id === messageId,
    recipients: to.length,
    milliseconds,
  });
  const result = resultOf(outcome, milliseconds);
  tell(context, outcome.end === "sent" ? result : await afterAsking(machine, result), say);
}

/** Why the mail does not leave, where the relay itself says so: another port, another region, wrong credentials. */
async function afterAsking(machine: Machine, result: Result): Promise<Result> {
  // The Postfix of this machine is not that of a scratch root.
  if (machine.context.root !== "/") return result;
  const setup = await relaySetup(machine);
  if (setup === undefined || setup === "unknown") return result;
  const tried = await searchRelay(doorsOf(setup.host, undefined, setup), setup.account);
  const advice = adviceAfter(setup, tried);
  return advice ? { ...result, ...advice } : result;
}

function words(nonce: string) {
  const subject = `Stockade test mail from ${hostname()}`;
  const text = `A test, sent by: stockade mail test\nNothing is wrong, and nothing needs to be done.\n\n${nonce}`;
  return { subject, text };
}

function recipientIn(text: string): string {
  if (/^[^\s<>@]+@[^\s<>@]+$/.test(text)) return text;
  throw new Failure(`"${text}" is no mail address`, { hint: "--to you@example.com", exitCode: 64 });
}

function domainOf(address: string): string {
  return (
    address
      .split("@")
      .at(-1)
      ?.replace(/[^\w.-]/g, "") || "localhost"
  );
}

/** What is said at the end. */
interface Result {
  readonly exitCode: 0 | 1 | 2;
  readonly text: string;
  readonly queueId?: string | undefined;
  readonly means?: string;
  readonly fix?: string;
}

function notTaken(server: string, reason: string): Result {
  const isAway = /ECONNREFUSED|ETIMEDOUT|timed? ?out/i.test(reason);
  const fix = isAway
    ? "systemctl restart postfix; postfix check says what is wrong"
    : reasonFor(reason).fix;
  const means = isAway ? `nobody takes mail at ${server}` : reasonFor(reason).means;
  return { exitCode: 1, text: `not taken: ${reason}`, means, fix };
}

function resultOf(outcome: Outcome, milliseconds: number): Result {
  const { queueId } = outcome;
  if (outcome.end === "sent") {
    const [first] = outcome.recipients;
    return {
      exitCode: 0,
      queueId,
      text: `${queueId} status=sent by ${first?.relay}: ${first?.reason}`,
    };
  }
  if (outcome.end === "failed") {
    const { to, status, relay, reason } = outcome.failed;
    return {
      exitCode: 1,
      queueId,
      text: `${queueId} to ${to} status=${status} by ${relay}: ${reason}`,
      ...reasonFor(reason),
    };
  }
  const seconds = milliseconds / 1000;
  if (!outcome.hasLog) {
    return {
      exitCode: 2,
      text: "there is no mail log that says more",
      fix: "postconf -e maillog_file=/var/log/mail.log && postfix reload",
    };
  }
  const where =
    queueId === undefined ? "Postfix's log does not name it" : `${queueId} is still on its way`;
  return {
    exitCode: 2,
    queueId,
    text: `${where} after ${seconds} s`,
    fix: "postqueue -p shows whether it waits, and why",
  };
}

function tell(context: Context, result: Result, say: (text: string) => unknown): void {
  const { exitCode, text, means, fix } = result;
  if (context.json) context.say(JSON.stringify({ ok: exitCode === 0, ...result }));
  say(printable(text));
  if (means !== undefined) say(means);
  if (fix !== undefined) say(`fix: ${fix}`);
  process.exitCode = exitCode;
}
