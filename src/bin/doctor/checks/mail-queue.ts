import { printable } from "../../../core/printable.ts";
import { span } from "../../commands/table.ts";
import { queuedIn } from "../../mail/queue.ts";
import { reasonFor } from "../../mail/reasons.ts";
import { type Check, ok, unknown, wrong } from "../finding.ts";

/** Longer than Postfix's first two tries. */
const patienceMilliseconds = 15 * 60_000;

/** What waits in Postfix's queue, since when and why. */
export const mailQueue: Check = async ({ run, now }) => {
  const said = await run("postqueue", "-j");
  if (!said.ok) {
    return said.isMissing
      ? [wrong("Postfix is not installed: no mail leaves", "apt-get install postfix")]
      : [unknown(`Postfix's queue cannot be read: ${said.reason}`, "systemctl status postfix")];
  }
  const queued = queuedIn(said.output);
  const [first] = queued.toSorted((a, b) => a.arrival_time - b.arrival_time);
  if (!first) return [ok("no mail waits in Postfix's queue")];
  const age = now - first.arrival_time * 1000;
  const reason = first.recipients.find(({ delay_reason }) => delay_reason)?.delay_reason;
  const text = `${queued.length} mails wait in Postfix's queue, the oldest for ${span(age)}`;
  if (reason === undefined && age < patienceMilliseconds) return [ok(text)];
  const { means, fix } = reasonFor(reason ?? "");
  return [wrong(`${text}: ${means}${reason ? ` (${printable(reason)})` : ""}`, fix)];
};
