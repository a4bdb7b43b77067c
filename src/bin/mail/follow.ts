import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../../config/settings.ts";
import { letter } from "../../report/letter.ts";
import { smtp } from "../../report/smtp.ts";
import type { MailLog } from "./mail-log.ts";
import { type Delivered, fateIn } from "./postfix-log.ts";

/** A mail that is to arrive. */
export interface TestMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Without "<>". */
  readonly messageId: string;
}

/** Hands a mail to Postfix by the road that alerts take. Returns why it was not taken, or undefined. */
export async function handOver(
  global: Pick<Settings["global"], "smtpServer">,
  hostname: string,
  mail: TestMail,
): Promise<string | undefined> {
  const { from, to, subject, text } = mail;
  const messageId = `<${mail.messageId}>`;
  const head = { from, to, subject, messageId, date: Date.now(), rule: 0, level: 0, alert: "0.0" };
  const delivery = await smtp(global, hostname)({ from, to, letter: letter(head, text) });
  if (!delivery.reached) return delivery.reason;
  const [refused] = delivery.refused;
  return refused && `${refused.recipient}: ${refused.reason}`;
}

/** What became of a mail. `silent`: the log has said nothing of it, or there is none. */
export type Outcome =
  | { readonly end: "sent"; readonly queueId: string; readonly recipients: readonly Delivered[] }
  | { readonly end: "failed"; readonly queueId: string; readonly failed: Delivered }
  | { readonly end: "silent"; readonly queueId: string | undefined; readonly hasLog: boolean };

interface Patience {
  /** Whether the mail with this Message-ID (without "<>") is meant. */
  readonly isOurs: (messageId: string) => boolean;
  /** How many recipients are to be heard of. */
  readonly recipients: number;
  readonly milliseconds: number;
}

const lookEvery = 250;

/** Waits until the log has a last word for every recipient, or the first bad one. */
export async function follow(
  log: MailLog,
  { isOurs, recipients: wanted, milliseconds }: Patience,
): Promise<Outcome> {
  const end = performance.now() + milliseconds;
  while (true) {
    const text = await log();
    const { queueIds, recipients } = fateIn(text ?? "", isOurs);
    const [queueId] = queueIds;
    const failed = recipients.find(({ status }) => status !== "sent");
    if (failed && queueId) return { end: "failed", queueId, failed };
    if (queueId && recipients.length >= wanted) return { end: "sent", queueId, recipients };
    if (performance.now() > end) return { end: "silent", queueId, hasLog: text !== undefined };
    await sleep(lookEvery);
  }
}
