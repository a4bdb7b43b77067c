import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Settings } from "../../config/settings.ts";
import type { Machine } from "../doctor/machine.ts";
import { follow, handOver, type Outcome } from "../mail/follow.ts";
import { openMailLog } from "../mail/mail-log.ts";
import { reasonFor } from "../mail/reasons.ts";
import type { Report } from "./report.ts";

interface Mailed {
  readonly machine: Machine;
  readonly global: Settings["global"];
  readonly report: Report;
  /** The alerts of the attacks: one of them heads the mail. */
  readonly alertIds: () => readonly string[];
}

/** The mailer gathers alerts for five seconds; a relay answers within some more. */
const patienceMilliseconds = 15_000;
const name = "mail";

/** The mail about the attack is accepted by the relay; where alerts wait for a digest, a test mail takes its place. */
export async function mailStep({ machine, global, report, alertIds }: Mailed): Promise<void> {
  if (!global.emailNotification) return report.skipped(name, "<email_notification> is no");
  const log = await openMailLog(machine, report.began);
  const isOurs = (messageId: string) =>
    alertIds().some((id) => messageId.startsWith(`stockade.${id}.`));
  const recipients = global.emailTo.length;
  const outcome = await follow(log, { isOurs, recipients, milliseconds: patienceMilliseconds });
  if (outcome.end !== "silent") return tell(report, "the alert's mail", outcome);
  if (!outcome.hasLog)
    return report.skipped(name, "Postfix keeps no log that says what became of the mail");
  if (outcome.queueId !== undefined)
    return report.failed(name, `${outcome.queueId} is still on its way: postqueue -p`);

  const messageId = `stockade-selftest.${randomBytes(8).toString("hex")}@${hostname()}`;
  const words = {
    subject: `Stockade self-test of ${hostname()}`,
    text: "A test; nothing needs to be done.",
  };
  const mail = { from: global.emailFrom, to: global.emailTo, messageId, ...words };
  const refusal = await handOver(global, hostname(), mail);
  if (refusal !== undefined) return report.failed(name, `${refusal}: stockade mail test`);
  const second = await follow(log, {
    isOurs: (id) => id === messageId,
    recipients,
    milliseconds: patienceMilliseconds,
  });
  tell(report, "the alert waits for its digest; a test mail", second);
}

function tell(report: Report, what: string, outcome: Outcome): void {
  if (outcome.end === "sent") {
    const relay = outcome.recipients[0]?.relay;
    report.passed(name, `${what}, ${outcome.queueId}, status=sent by ${relay}`);
  } else if (outcome.end === "failed") {
    const { status, reason } = outcome.failed;
    report.failed(name, `${what}: status=${status} (${reason}): ${reasonFor(reason).fix}`);
  } else {
    report.failed(name, `${what} was not heard of again: postqueue -p`);
  }
}
