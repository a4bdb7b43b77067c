import type { Settings } from "../config/settings.ts";
import type { Log } from "../core/log.ts";
import { letter } from "./letter.ts";
import { keepMail, longestDelay, type Mail, mailsDue, noteSent, removeMail } from "./outgoing.ts";
import type { Deliver, Delivery, Refusal } from "./smtp.ts";
import type { Store } from "./store.ts";
import { within } from "./within.ts";

type Global = Settings["global"];
type Answer = Extract<Delivery, { reached: true }>;

/** Postfix gives up after as many days (maximal_queue_lifetime). */
const lifetime = 5 * 24 * 3_600_000;
/** For a server that answers a little, again and again. */
const deadlineMilliseconds = 60_000;
const silenceMilliseconds = 600_000;

/** Hands written mails to the server: what it does not take stays and is tried again, after 1 s, 2 s … 5 min. */
export class Post {
  readonly #store: Store;
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #server: string | undefined;
  readonly #saidAt = new Map<string, number>();
  #failures = 0;
  #retryAt = 0;
  #stopped = false;
  /** Why the last mail did not leave. */
  problem: string | undefined;
  lastSentAt: number | undefined;

  /** `server` is for the head of each mail. */
  constructor(store: Store, log: Log, clock: () => number, server?: string) {
    this.#store = store;
    this.#log = log;
    this.#clock = clock;
    this.#server = server;
  }

  /** Whether the server could be talked to the last time. */
  get reachable(): boolean {
    return this.#failures === 0;
  }

  retryNow(): void {
    this.#retryAt = 0;
  }

  /** From now on nothing is changed, not even by answers that are still to come. */
  stop(): void {
    this.#stopped = true;
  }

  /** Tries each mail that is due; ends at the first sign that there is no server. */
  async send(global: Global, deliver: Deliver): Promise<void> {
    const now = this.#clock();
    if (now < this.#retryAt && this.#retryAt - now <= longestDelay) return;
    for (const mail of this.#store.change((db) => mailsDue(db, now))) {
      const delivery = await this.#ask(deliver, mail, global);
      if (this.#stopped) return;
      if (!delivery.reached) return this.#wait(global.smtpServer, delivery.reason);
      this.#failures = 0;
      this.problem = undefined;
      this.#settle(mail, delivery, global.emailTo);
    }
  }

  async #ask(deliver: Deliver, mail: Mail, global: Global): Promise<Delivery> {
    const answer = await within(
      deliver(envelope(mail, global, this.#server)),
      deadlineMilliseconds,
    );
    return answer ?? { reached: false, reason: "no end of the conversation" };
  }

  #wait(server: string, reason: string): void {
    this.#retryAt = this.#clock() + delayAfter(this.#failures);
    this.#failures++;
    this.problem = `mail server "${server}" does not answer: ${reason}`;
    this.#say("server", `${this.problem}; mail is kept and tried again`);
  }

  #settle(mail: Mail, answer: Answer, recipients: readonly string[]): void {
    const now = this.#clock();
    for (const refusal of answer.refused) this.#complain(refusal);
    const next = afterAnswer(mail, answer, recipients, now);
    this.#store.change((db) => {
      if (mail.taken.length === 0 && next.taken.length > 0) noteSent(db, mail, now);
      if (isOver(next, recipients, now)) removeMail(db, mail);
      else keepMail(db, next);
    });
    if (answer.taken.length > 0) {
      this.lastSentAt = now;
      this.#log.info(`mail handed over: "${mail.subject}"`);
    } else if (isOver(next, recipients, now)) {
      this.#log.error(`given up after five days: mail "${mail.subject}"`);
    }
  }

  #complain({ recipient, reason, permanent }: Refusal): void {
    const fate = permanent ? "refuses mail" : "does not take mail yet";
    this.problem = `mail server ${fate} for "${recipient}": ${reason}`;
    this.#say(recipient, this.problem);
  }

  /** Once in ten minutes for each cause is enough. */
  #say(cause: string, text: string): void {
    const now = this.#clock();
    const last = this.#saidAt.get(cause);
    if (last !== undefined && Math.abs(now - last) < silenceMilliseconds) return;
    this.#saidAt.set(cause, now);
    this.#log.warn(text);
  }
}

function envelope(mail: Mail, { emailFrom, emailTo }: Global, server: string | undefined) {
  const head = {
    from: emailFrom,
    to: emailTo,
    subject: mail.subject,
    messageId: mail.messageId,
    date: mail.composed,
    rule: mail.rule,
    level: mail.level,
    alert: mail.alert,
    server,
  };
  return { from: emailFrom, to: missing(mail, emailTo), letter: letter(head, mail.text) };
}

/** Who of the recipients has it not and may yet get it. */
function missing({ taken, refused }: Mail, recipients: readonly string[]): string[] {
  return recipients.filter((one) => !taken.includes(one) && !refused.includes(one));
}

/**
 * A recipient refused for good is left out from then on. When that leaves nobody who has the mail, the mistake is
 * more likely in the settings than in the mail: all of them are asked again, with the longest delay.
 */
function afterAnswer(mail: Mail, answer: Answer, recipients: readonly string[], now: number): Mail {
  const taken = [...mail.taken, ...answer.taken];
  const gone = answer.refused.filter(({ permanent }) => permanent);
  const refused = [...mail.refused, ...gone.map(({ recipient }) => recipient)];
  const attempts = mail.attempts + 1;
  const next = { ...mail, taken, refused, attempts, due: now + delayAfter(mail.attempts) };
  const nobody = taken.length === 0 && missing(next, recipients).length === 0;
  return nobody ? { ...next, refused: [], due: now + longestDelay } : next;
}

function isOver(mail: Mail, recipients: readonly string[], now: number): boolean {
  return missing(mail, recipients).length === 0 || now - mail.composed > lifetime;
}

function delayAfter(failures: number): number {
  return Math.min(1000 * 2 ** Math.min(failures, 20), longestDelay);
}
